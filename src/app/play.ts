import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Speaker } from "decibri";
import { OnwaxError } from "../errors.ts";
import { openMedia } from "../media/media.ts";
import type { AudioFacts } from "../recording.ts";
import { parseWav } from "../wav.ts";

export type PlayOptions = {
	/** Where to begin, in seconds. */
	atSeconds: number;
	signal: AbortSignal;
	onPosition: (seconds: number) => void;
};

/** What a device is asked for, in this order: the recording's own, then what every device has. */
function formatsFor(audio: AudioFacts): { sampleRate: number; channels: number }[] {
	const sampleRate = Math.min(48_000, Math.max(8000, audio.sampleRate ?? 48_000));
	const channels = Math.min(2, audio.channels ?? 2);
	return [
		{ sampleRate, channels },
		{ sampleRate: 48_000, channels: 2 },
		{ sampleRate: 44_100, channels: 2 },
	];
}

const chunkSeconds = 0.1;

/**
 * Plays an audio file on the default device; resolves when its last sample was heard, or when the
 * signal aborts.
 *
 * @throws ERR_NO_SOUND_DEVICE; ERR_AUDIO_UNREADABLE
 */
export async function playFile(
	path: string,
	audio: AudioFacts,
	options: PlayOptions,
): Promise<void> {
	const { speaker, sampleRate, channels } = await openSpeaker(audio);
	const media = openMedia({ children: 1 });
	const scratch = await mkdtemp(join(tmpdir(), "onwax-play-"));
	try {
		const outputPath = join(scratch, "audio.wav");
		const target = { outputPath, container: "wav", sampleRate, channels } as const;
		await media.decode(path, target, { signal: options.signal });
		await media.close();
		await playWav(speaker, outputPath, options);
	} finally {
		speaker.stop();
		await media.close();
		await rm(scratch, { recursive: true, force: true });
	}
}

async function playWav(speaker: Speaker, path: string, options: PlayOptions): Promise<void> {
	const { atSeconds, signal, onPosition } = options;
	const file = await open(path);
	try {
		const { size } = await file.stat();
		const head = await file.read(Buffer.alloc(4096), 0, 4096, 0);
		const facts = parseWav(head.buffer.subarray(0, head.bytesRead), size);
		if (facts === null) throw new OnwaxError("ERR_INTERNAL", "the decoded audio is no WAV file");
		const { sampleRate, blockAlign, dataOffset, payloadBytes } = facts;
		const chunk = Buffer.alloc(Math.round(sampleRate * chunkSeconds) * blockAlign);
		let at = Math.min(payloadBytes, Math.round(atSeconds * sampleRate) * blockAlign);
		while (at < payloadBytes && !signal.aborted) {
			const { bytesRead } = await file.read(chunk, 0, chunk.length, dataOffset + at);
			if (bytesRead === 0) break;
			await speaker.writeAsync(chunk.subarray(0, bytesRead));
			at += bytesRead;
			onPosition(at / blockAlign / sampleRate);
		}
		if (!signal.aborted) await speaker.drainAsync();
	} finally {
		await file.close();
	}
}

async function openSpeaker(audio: AudioFacts) {
	const decibri = await loadDecibri();
	if (!hasSoundDevice(decibri.outputDevices())) throw noSoundDevice();
	let cause: unknown;
	for (const format of formatsFor(audio)) {
		try {
			return { speaker: await decibri.Speaker.open(format), ...format };
		} catch (error) {
			cause = error;
		}
	}
	throw noSoundDevice(cause);
}

/** Whether there is anything to hear through; the machine's sink for nothing does not count. */
export function hasSoundDevice(devices: readonly { id: string }[]): boolean {
	return devices.some(({ id }) => id !== "alsa:null");
}

/** Loaded at the first use: it is a native library, and not every machine can load it. */
export async function loadDecibri(): Promise<typeof import("decibri")> {
	try {
		return await import("decibri");
	} catch (error) {
		throw noSoundDevice(error);
	}
}

function noSoundDevice(cause?: unknown): OnwaxError {
	return new OnwaxError("ERR_NO_SOUND_DEVICE", "There is no device to play sound on.", {
		hint: "Connect headphones or a loudspeaker, or play the file elsewhere: `onwax path REC` says where it is.",
		cause,
	});
}
