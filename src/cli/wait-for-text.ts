import type { App } from "../app/open-app.ts";
import { runJobs } from "../app/run-jobs.ts";
import type { Recording } from "../recording.ts";
import type { Cli } from "./command.ts";
import { formatAbout } from "./duration.ts";
import { leftOutNote } from "./left-out.ts";
import { startProgress } from "./progress.ts";
import { titleOf } from "./recording-row.ts";
import { shortened } from "./shortened.ts";
import { longRecordings, textProgressLine } from "./text-progress.ts";
import { visible } from "./visible.ts";

export type WaitOptions = {
	/** As soon as its text is there, or has failed for now. */
	onText: (recording: Recording) => Promise<void>;
	/** When nothing is left to do for it: path and size do not change any more. At most once each. */
	onSettled?: (recording: Recording) => void;
};

/** How long a chat model is waited for; handed from one waiting to the next where several follow. */
export type ChatWait = { seconds: number; isOver: boolean };

/** A text is what somebody waits for; what a chat model adds to it can come later. */
const longestChatSeconds = 10;

export function chatWait(seconds: number = longestChatSeconds): ChatWait {
	return { seconds, isOver: false };
}

/**
 * Has the work on these recordings done, and tells about each in the order in which it ends.
 * Those that could not be finished now are told at the end, as they stand.
 */
export async function waitForText(
	cli: Cli,
	app: App,
	names: readonly string[],
	options: WaitOptions,
	chat: ChatWait = chatWait(),
): Promise<void> {
	if (names.length === 0) return;
	const { catalogue } = app.library;
	const untold = { text: new Set(names), settled: new Set(names) };
	const noteLeftOut = leftOutNote(cli, app);
	let tried = 0;
	const long = longRecordings();
	const progress = startProgress(cli.output, () => {
		if (untold.text.size === 0) return "Putting it away…";
		const many = `Turning into text: ${tried} of ${names.length}`;
		const what = names.length === 1 ? "Turning it into text" : many;
		return textProgressLine(what, long.reached(), cli.output.err.columns - 1);
	});
	const tell = async (name: string, settled: boolean) => {
		const recording = await catalogue.get(name);
		if (recording === null) return;
		if (untold.text.delete(name)) {
			await options.onText(recording);
			await noteLeftOut(recording);
		}
		if (settled && untold.settled.delete(name)) options.onSettled?.(recording);
	};
	try {
		await runJobs(app, {
			scope: names,
			signal: cli.signal,
			onAttemptFailed: retryNotes(cli, app),
			onProgress: long.onProgress,
			chatPatience: {
				seconds: chat.isOver ? 0 : chat.seconds,
				onOver() {
					if (!chat.isOver) noteChatLater(cli);
					chat.isOver = true;
				},
			},
			async onJobEnded(name, kind, nothingLeft) {
				long.onEnded(name);
				if (kind === "transcribe") tried += 1;
				await tell(name, nothingLeft);
			},
		});
	} finally {
		progress.stop();
	}
	cli.signal.throwIfAborted();
	for (const name of names)
		if (untold.text.has(name) || untold.settled.has(name)) await tell(name, true);
}

function noteChatLater({ output }: Cli): void {
	output.note(
		"The chat model has not answered yet; nothing waits for it here. What it adds comes with `onwax worker`, or `onwax summarise REC`.",
	);
}

/** An engine that is asked again says so (D0.7). */
export function retryNotes(cli: Cli, app: App): Parameters<typeof runJobs>[1]["onAttemptFailed"] {
	return (name, attempt, nextDelayMs) => {
		if (nextDelayMs === null) return;
		const seconds = nextDelayMs / 1000;
		const wait = seconds < 10 ? `${Number(seconds.toFixed(1))} s` : formatAbout(seconds);
		void app.library.catalogue.get(name).then((recording) => {
			const title = (recording && titleOf(recording)) ?? name;
			cli.output.note(
				`${visible(title)}: ${visible(shortened(attempt))} Asking ${attempt.engine ?? "the engine"} again in ${wait}.`,
			);
		});
	};
}
