import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { cutWav } from "../media/cut-wav.ts";
import type { ActivityTrack, Speech } from "../speech/speech.ts";
import { inLanes } from "./lanes.ts";

/** Five minutes: a crash costs a few seconds of listening. */
const pieceFrames = 9375;
/** Heard before a piece begins, so that the detector knows the room. */
const leadFrames = 60;
const frameSeconds = 0.032;
const pieceSeconds = pieceFrames * frameSeconds;

export type ListenOptions = {
	speech: Speech;
	/** Where what was heard is kept until the text is there. */
	unfinishedFolder: string;
	/** Beginning of the paths of files that nobody needs afterwards. */
	scratchStem: string;
	signal: AbortSignal;
	/** Called when a piece is kept that was not there before. */
	onKept: () => void;
};

/**
 * Who speaks when in a 16 kHz mono WAVE file, as `Speech.listen` says it. A long one is heard in
 * pieces, each of which is kept: listening to ten hours takes minutes, and nobody should have to do
 * that twice. Pieces, and the sums of them, are the same however often it was interrupted.
 */
export async function listen(
	wavPath: string,
	durationSeconds: number,
	options: ListenOptions,
): Promise<ActivityTrack> {
	const { speech, signal } = options;
	if (durationSeconds <= pieceSeconds) return speech.listen(wavPath, { signal });
	await makeFolder(options.unfinishedFolder);
	const count = Math.ceil(durationSeconds / pieceSeconds);
	const frames = Math.ceil(durationSeconds / frameSeconds);
	const speaking = new Uint8Array(frames);
	const loudnessDbfs = new Int8Array(frames).fill(-128);
	let detector = "";
	await inLanes(2, count, async (index) => {
		signal.throwIfAborted();
		const first = index * pieceFrames;
		const length = Math.min(pieceFrames, frames - first);
		const piece = await keptPiece(wavPath, { index, length }, options);
		detector = piece.detector;
		speaking.set(piece.speaking, first);
		loudnessDbfs.set(piece.loudnessDbfs, first);
	});
	return { detector, frameSeconds, speaking, loudnessDbfs, durationSeconds };
}

type Piece = Pick<ActivityTrack, "detector" | "speaking" | "loudnessDbfs">;

async function keptPiece(
	wavPath: string,
	{ index, length }: { index: number; length: number },
	options: ListenOptions,
): Promise<Piece> {
	const path = join(options.unfinishedFolder, `activity.${index}.json`);
	const kept = await readPiece(path);
	if (kept?.speaking.length === length && kept.loudnessDbfs.length === length) return kept;
	const leadSeconds = index === 0 ? 0 : leadFrames * frameSeconds;
	const cutPath = `${options.scratchStem}.listen${index}.wav`;
	try {
		await cutWav(wavPath, cutPath, {
			startSeconds: index * pieceSeconds - leadSeconds,
			endSeconds: (index + 1) * pieceSeconds,
		});
		const track = await options.speech.listen(cutPath, { signal: options.signal });
		const from = index === 0 ? 0 : leadFrames;
		const piece: Piece = {
			detector: track.detector,
			speaking: track.speaking.slice(from, from + length),
			loudnessDbfs: track.loudnessDbfs.slice(from, from + length),
		};
		await publishFile(path, serializePiece(piece));
		options.onKept();
		return piece;
	} finally {
		await rm(cutPath, { force: true });
	}
}

function serializePiece({ detector, speaking, loudnessDbfs }: Piece): string {
	const loudness = new Uint8Array(
		loudnessDbfs.buffer,
		loudnessDbfs.byteOffset,
		loudnessDbfs.length,
	);
	const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
	return JSON.stringify({ detector, speaking: base64(speaking), loudness: base64(loudness) });
}

/** Null where it was not heard yet, or what is there cannot be read: it is heard again then. */
async function readPiece(path: string): Promise<Piece | null> {
	try {
		const { detector, speaking, loudness } = JSON.parse(await readFile(path, "utf8"));
		const bytes = Buffer.from(loudness, "base64");
		return {
			detector: String(detector),
			speaking: new Uint8Array(Buffer.from(speaking, "base64")),
			loudnessDbfs: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length),
		};
	} catch {
		return null;
	}
}
