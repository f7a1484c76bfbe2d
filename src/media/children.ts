import type { OnwaxError } from "../errors.ts";
import type { Death, Failures } from "../processes/conversation.ts";
import { memorySignal } from "../processes/messages.ts";
import { siblingUrl } from "../processes/sibling-url.ts";
import { openWarmChildren } from "../processes/warm-children.ts";
import type { MediaRequest, MediaResults, Progress } from "./messages.ts";
import { unreadable } from "./unreadable.ts";

export type ChildLimits = {
	/** No news from the child for so long: it hangs. */
	stallMs: number;
	/** All the work may take this long … */
	baseMs: number;
	/** … and so much more for every second of audio. */
	msPerAudioSecond: number;
	maxRssBytes: number;
};

export type AskOptions = {
	signal?: AbortSignal | undefined;
	onProgress?: ((progress: Progress) => void) | undefined;
	/** Size of the file worked on: bounds the duration that its header may claim. */
	sourceBytes: number;
	/** Clears away what a broken child may have left of its output. */
	beforeRetry: () => Promise<void>;
};

export type Children = {
	ask: <Request extends MediaRequest>(
		request: Request,
		options: AskOptions,
	) => Promise<MediaResults[Request["verb"]]>;
	pids: () => number[];
	close: () => Promise<void>;
};

/** The sparsest audio there is (silence in FLAC or Opus) still takes more than this. */
const leastBytesPerSecond = 10;

/** The processes that FFmpeg runs in, each working on one file. */
export function openChildren(count: number, limits: ChildLimits): Children {
	const children = openWarmChildren({
		program: {
			script: siblingUrl("child", import.meta.url),
			// A small nursery, collected on demand: see reportingBeat.
			nodeOptions: ["--max-semi-space-size=1", "--expose-gc"],
			environment: {},
			maxRssBytes: limits.maxRssBytes,
		},
		count,
		places: 1,
		idleMs: null,
	});
	return {
		ask: async (request, { sourceBytes, ...options }) => {
			const result = await children.ask(request, {
				...options,
				limits: { ...limits, mostAudioSeconds: sourceBytes / leastBytesPerSecond },
				failures,
			});
			return result as MediaResults[(typeof request)["verb"]];
		},
		pids: children.pids,
		close: children.close,
	};
}

const failures: Failures = {
	stalled: () => unreadable("The decoder hangs on this file and was stopped."),
	overtime: () => unreadable("The decoder takes far too long for this file and was stopped."),
	died: ({ signal, exitCode, complaint }: Death): OnwaxError =>
		unreadable(
			signal === memorySignal
				? "The decoder wanted too much memory for this file and was stopped."
				: "The decoder broke down on this file.",
			new Error(`media process ended with ${signal ?? exitCode}: ${complaint}`),
		),
};
