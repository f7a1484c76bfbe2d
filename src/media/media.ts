import { lstat, rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { systemFailure } from "../processes/error-message.ts";
import type { FileFacts } from "../recording.ts";
import { openChildren } from "./children.ts";
import type {
	CompressResult,
	CompressTarget,
	DecodeResult,
	DecodeTarget,
	MediaRequest,
	MediaResults,
	PeaksResult,
	PeaksTarget,
	ProbeFacts,
	Progress,
	RebuildSource,
} from "./messages.ts";
import { probePlainWav } from "./wav-file.ts";

export type MediaOptions = {
	/** Children at work at once; by default one for each core, at most 2. */
	children?: number;
	/** A child that says nothing for so long is taken to hang; 20 by default. */
	stallSeconds?: number;
	/** One request may take this long, and half of the audio's duration more; 60 by default. */
	baseSeconds?: number;
	/** A child that takes more memory than this is ended; 1 GiB by default. */
	maxRssBytes?: number;
};

export type WorkOptions = {
	signal?: AbortSignal;
	onProgress?: (progress: Progress) => void;
};

/**
 * Everything that looks inside audio. A file that FFmpeg cannot read, or dies of, is
 * ERR_AUDIO_UNREADABLE; errors of the disk keep their own codes (ERR_DISK_FULL, ERR_PERMISSION,
 * ERR_NOT_FOUND, …); an aborted `signal` is ERR_INTERRUPTED. Output files are created by the verb
 * (one that lies there already is replaced), are on disk when it answers, and are gone when it
 * fails.
 */
export type Media = {
	/** What a file sounds like; its samples are not looked at. */
	probe: (path: string, options?: WorkOptions) => Promise<ProbeFacts>;
	/** Converts anything readable to what an engine asks for. */
	decode: (path: string, target: DecodeTarget, options?: WorkOptions) => Promise<DecodeResult>;
	/** Writes the waveform's peaks (peaks-format.ts). */
	peaks: (path: string, target: PeaksTarget, options?: WorkOptions) => Promise<PeaksResult>;
	/** FLAC, verified byte for byte (WAV only), or Opus, verified by its duration. */
	compress: (
		path: string,
		target: CompressTarget,
		options?: WorkOptions,
	) => Promise<CompressResult>;
	/** The original WAV from the FLAC that took its place; compare the checksum. */
	rebuildWav: (
		flacPath: string,
		source: RebuildSource,
		outputPath: string,
		options?: WorkOptions,
	) => Promise<FileFacts>;
	/** Process ids of the children. */
	pids: () => number[];
	/** Ends the children; work under way fails with ERR_INTERRUPTED. */
	close: () => Promise<void>;
};

/** Nothing is started before the first file that needs it. */
export function openMedia(options: MediaOptions = {}): Media {
	const children = openChildren(options.children ?? Math.min(2, availableParallelism()), {
		stallMs: (options.stallSeconds ?? 20) * 1000,
		baseMs: (options.baseSeconds ?? 60) * 1000,
		msPerAudioSecond: 500,
		maxRssBytes: options.maxRssBytes ?? 2 ** 30,
	});

	const ask = async <Request extends MediaRequest>(
		request: Request,
		work: WorkOptions,
		outputPaths: string[],
	): Promise<MediaResults[Request["verb"]]> => {
		const sourceBytes = await clearOutputs(request.path, outputPaths);
		const discard = async () => {
			for (const path of outputPaths) await rm(path, { force: true });
		};
		try {
			return await children.ask(request, { ...work, sourceBytes, beforeRetry: discard });
		} catch (error) {
			await discard();
			throw error;
		}
	};
	return {
		probe: async (path, work = {}) => {
			const facts = await probePlainWav(path).catch(failOnDisk);
			return facts ?? ask({ verb: "probe", path }, work, []);
		},
		decode: (path, target, work = {}) =>
			ask({ verb: "decode", path, target }, work, [target.outputPath]),
		peaks: (path, target, work = {}) =>
			ask({ verb: "peaks", path, target }, work, [target.outputPath]),
		compress: (path, target, work = {}) =>
			ask({ verb: "compress", path, target }, work, [
				target.outputPath,
				...(target.alsoPeaksPath === undefined ? [] : [target.alsoPeaksPath]),
			]),
		rebuildWav: (path, source, outputPath, work = {}) =>
			ask({ verb: "rebuildWav", path, source, outputPath }, work, [outputPath]),
		pids: children.pids,
		close: children.close,
	};
}

/**
 * Makes room for the outputs, and never by removing the input itself under another name.
 *
 * @returns the input's size in bytes
 */
async function clearOutputs(inputPath: string, outputPaths: string[]): Promise<number> {
	const input = await stat(inputPath).catch(failOnDisk);
	for (const path of outputPaths) {
		const there = await lstat(path).catch(() => null);
		if (there && !there.isFile() && !there.isSymbolicLink())
			throw new OnwaxError("ERR_NOT_A_FILE", "The output's name belongs to something else.");
		if (there?.dev === input.dev && there.ino === input.ino)
			throw new OnwaxError("ERR_CONFLICT", "A file cannot be converted onto itself.");
		await rm(path, { force: true }).catch(failOnDisk);
	}
	return input.size;
}

function failOnDisk(error: unknown): never {
	if (error instanceof OnwaxError) throw error;
	throw systemFailure(
		error instanceof Error ? error.message : String(error),
		systemErrorCode(error),
	);
}
