import type { Receipt } from "../../../src/server/contract/receipt.ts";
import type { Notice } from "./guard.ts";
import type { DeviceChange } from "./microphone.ts";
import type { Trouble } from "./upload.ts";

/** A recording that is in this browser, as the page shows it. */
export type LocalRecording = {
	id: string;
	title: string;
	/** ISO 8601 */
	startedAt: string;
	/**
	 * `cut`: it ended without anybody ending it. `elsewhere`: another tab has it. `kept`: its receipt was
	 * compared, and it is no longer here. `empty`: there was no sound in it. `removed`: its person gave it up.
	 */
	phase: "recording" | "paused" | "ended" | "cut" | "elsewhere" | "kept" | "empty" | "removed";
	capturedSeconds: number;
	/** In this browser, synced. */
	onDiskBytes: number;
	uploadedBytes: number;
	trouble: Trouble | null;
	/** Why it ended, where that was not its person's wish. */
	endedBecause: string | null;
	receipt: Receipt | null;
};

/** Nothing of it is in this browser any more. */
export function isGone({ phase }: LocalRecording): boolean {
	return phase === "kept" || phase === "empty" || phase === "removed";
}

export type ToWorker =
	| {
			type: "begin";
			id: string;
			/** Where the samples come from. */
			samples: MessagePort;
			title: string;
			sampleRate: number;
			channels: number;
	  }
	| { type: "pause" }
	| { type: "resume" }
	| { type: "stop" }
	| { type: "title"; title: string }
	| { type: "device"; id: string; change: DeviceChange; label: string }
	/** Look for what is unfinished, and finish it. */
	| { type: "look" }
	/**
	 * Something changed (the network is back, somebody signed in): try again at once. `isWish`: a person
	 * wants it now, whatever it waits for.
	 */
	| { type: "poke"; isWish: boolean }
	| { type: "save"; id: string }
	| { type: "forget"; id: string };

export type FromWorker =
	| { type: "changed"; recording: LocalRecording }
	| { type: "level"; peakDbfs: number; swingDbfs: number; capturedSeconds: number }
	| { type: "notice"; id: string; notice: Notice }
	| { type: "file"; id: string; file: Blob }
	| { type: "gone"; id: string }
	/** `id`: this recording did not begin, or nothing is done with it any more; null: something else. */
	| { type: "failed"; id: string | null; message: string; hint: string | null };
