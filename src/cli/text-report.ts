import type { App } from "../app/open-app.ts";
import { recordingJson } from "../app/recording-json.ts";
import type { Recording } from "../recording.ts";
import type { Cli } from "./command.ts";
import { doubtNotes } from "./doubt-notes.ts";
import { emptyText } from "./empty-text.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { oneLine, titleOf } from "./recording-row.ts";
import { shortened } from "./shortened.ts";
import { writeText } from "./text.ts";
import { visible, visibleText } from "./visible.ts";
import { padEnd, truncate } from "./width.ts";

/** Tells what texts recordings got: one in full, of many a line each. */
export function textReport(cli: Cli, app: App, total: number) {
	const { output } = cli;
	const { out } = output;
	const doubts = doubtNotes(cli, app);
	const statuses: ExitStatus[] = [];
	let succeeded = 0;

	function line(verb: string, style: "green" | "red" | "yellow", name: string, rest: string): void {
		const room = out.isTerminal ? out.width - name.length - 13 : 400;
		const shown = truncate(visible(oneLine(rest)), Math.max(12, room));
		output.line(`${out.paint(style, padEnd(verb, 7))}  ${name}  ${shown}`);
	}

	async function onText(recording: Recording): Promise<void> {
		const tellDoubts = await doubts(recording);
		const { metadata, transcript } = recording;
		const { name, state, error } = metadata;
		const hasText = state === "success" && error === null;
		statuses.push(hasText ? exitStatus.done : exitStatus.noText);
		if (hasText) succeeded += 1;
		if (output.json) return;
		if (hasText) {
			const text = transcript?.text ?? "";
			line(
				"text",
				"green",
				name,
				total === 1 ? (titleOf(recording) ?? "") : text || emptyText(recording),
			);
			if (total > 1) return tellDoubts("of-many");
			output.line();
			writeText(output, visibleText(text) || out.paint("dim", emptyText(recording)));
			return tellDoubts("only");
		}
		const waits = state === "pending";
		line(
			waits ? "waiting" : "failed",
			waits ? "yellow" : "red",
			name,
			error ? shortened(error) : "",
		);
		if (error?.hint) output.note(`         ${visible(error.hint)}`);
	}

	return {
		statuses,
		get succeeded() {
			return succeeded;
		},
		onText,
		onSettled: (recording: Recording) => output.value(recordingJson(app.library.layout, recording)),
	};
}
