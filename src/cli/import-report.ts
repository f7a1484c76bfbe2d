import { openNotes } from "../app/audit.ts";
import type { App } from "../app/open-app.ts";
import { recordingJson } from "../app/recording-json.ts";
import type { OnwaxError } from "../errors.ts";
import type { ImportOutcome } from "../import/import-files.ts";
import type { Metadata, Recording } from "../recording.ts";
import type { Cli } from "./command.ts";
import { doubtNotes } from "./doubt-notes.ts";
import { formatAbout, formatDuration } from "./duration.ts";
import { emptyText } from "./empty-text.ts";
import { type ExitStatus, exitStatus, statusOfCode } from "./exit-status.ts";
import { errorValue, type Style } from "./output.ts";
import { oneLine } from "./recording-row.ts";
import { shortened } from "./shortened.ts";
import { count } from "./size.ts";
import { writeText } from "./text.ts";
import { visible, visibleText } from "./visible.ts";
import { padEnd, truncate } from "./width.ts";

const verbs = {
	kept: "green",
	known: "cyan",
	text: "green",
	failed: "red",
	waiting: "yellow",
} as const;

export type ImportReport = ReturnType<typeof importReport>;

/**
 * Tells what becomes of each entry, as it becomes it: kept (with its name), known, refused; then
 * its text. With `--json` a kept recording's line comes when nothing about it changes any more.
 */
export function importReport(cli: Cli, app: App, wait: boolean) {
	const { output } = cli;
	const { layout, catalogue } = app.library;
	const doubts = doubtNotes(cli, app);
	const files = new Map<string, string>();
	const untold = new Map<string, Metadata>();
	const statuses: ExitStatus[] = [];
	const counts = { kept: 0, known: 0, passed: 0, refused: 0, waiting: 0 };
	const tellings: Promise<void>[] = [];
	const notes = openNotes(app);
	let seconds = 0;

	/** One thing that happened: verb, recording, length, file. */
	function line(verb: keyof typeof verbs, name: string, rest: string): void {
		const { out } = output;
		const style: Style = verbs[verb];
		const room = out.isTerminal ? out.width - name.length - 13 : 400;
		const shown = truncate(rest, Math.max(12, room));
		output.line(`${out.paint(style, padEnd(verb, 7))}  ${name}  ${shown}`);
	}

	function value(file: string, recording: Recording): void {
		output.value({ outcome: "kept", file, ...recordingJson(layout, recording) });
	}

	function onOutcome(outcome: ImportOutcome): void {
		counts[outcome.kind] += 1;
		switch (outcome.kind) {
			case "kept": {
				const { metadata, shown } = outcome;
				files.set(metadata.name, shown);
				notes.note("upload", { recording: metadata.name, detail: { way: "import" } });
				untold.set(metadata.name, metadata);
				seconds += metadata.audio.durationSeconds ?? 0;
				const length = formatDuration(metadata.audio.durationSeconds);
				line("kept", metadata.name, `${length.padStart(5)}  ${visible(shown)}`);
				if (!wait) settle({ metadata, transcript: null });
				return;
			}
			case "known":
				onKnown(outcome);
				return;
			case "passed":
				output.value({ outcome: "passed", file: outcome.shown });
				return;
			case "refused": {
				const { error, shown } = outcome;
				statuses.push(statusOfCode(error.code));
				output.value({ outcome: "refused", file: shown, error: errorValue(error) });
				output.refusal(error, error.message.includes(shown) ? undefined : shown);
			}
		}
	}

	function onKnown(outcome: ImportOutcome & { kind: "known" }): void {
		const { shown, name, inTrash, restored } = outcome;
		const mended = restored ? "; its audio there was damaged, and is whole again" : "";
		const hint = inTrash ? `, in the trash: \`onwax restore ${name}\` takes it out` : "";
		const verb = output.out.paint(verbs.known, padEnd("known", 7));
		output.line(`${verb}  ${visible(shown)} is already kept as ${name}${hint}${mended}`);
		if (!output.json) return;
		const telling = catalogue.get(name).then((recording) => {
			const known = recording && recordingJson(layout, recording);
			output.value({ outcome: "known", restored, file: shown, ...known });
		});
		tellings.push(telling);
	}

	async function onText(recording: Recording): Promise<void> {
		const tellDoubts = await doubts(recording);
		const { metadata, transcript } = recording;
		const { name, state, error } = metadata;
		if (state !== "success") statuses.push(exitStatus.noText);
		if (state === "pending") counts.waiting += 1;
		if (output.json) return;
		if (state === "success") {
			const text = visibleText(transcript?.text ?? "");
			if (files.size === 1) {
				output.line();
				writeText(output, text || output.out.paint("dim", emptyText(recording)));
				return tellDoubts("only");
			}
			line("text", name, visible(oneLine(text)) || emptyText(recording));
			tellDoubts("of-many");
		} else if (error !== null) {
			const verb = state === "failed" ? "failed" : "waiting";
			line(verb, name, visible(oneLine(shortened(error))));
			if (error.hint !== null) output.note(`         ${visible(error.hint)}`);
		}
	}

	/** Nothing about it changes any more: its JSON is true from now on. */
	function settle(recording: Recording): void {
		const { name } = recording.metadata;
		if (!untold.delete(name)) return;
		value(files.get(name) ?? name, recording);
	}

	return {
		statuses,
		get kept() {
			return [...files.keys()];
		},
		/** Kept without an engine having said anything yet. */
		get waiting() {
			return counts.waiting;
		},
		isMine: (name: string) => files.has(name),
		onOutcome,
		onText,
		onSettled: settle,
		/** The stream broke off: what came is kept, and the reason is told. */
		onCut(error: OnwaxError): void {
			statuses.push(statusOfCode(error.code));
			output.refusal(error, "The recording was cut short");
		},
		/** What is acknowledged stays: said, and with `--json` told as it stands. */
		interrupted(): void {
			for (const metadata of [...untold.values()]) settle({ metadata, transcript: null });
			const said = counts.kept > 0 ? ` ${count(counts.kept, "recording")} kept.` : "";
			output.note(`Interrupted.${said}`);
		},
		/** Resolves when what was kept is in the audit log. */
		noted: notes.written,
		async summary(): Promise<void> {
			await Promise.all(tellings);
			if (files.size + counts.known + counts.passed + counts.refused < 2) return;
			const parts = [
				`${counts.kept} kept${seconds > 0 ? ` (${formatAbout(seconds)})` : ""}`,
				counts.known > 0 ? `${counts.known} known` : "",
				counts.refused > 0 ? `${counts.refused} refused` : "",
				counts.passed > 0 ? `${counts.passed} passed over` : "",
			];
			output.note(parts.filter(Boolean).join(", "));
		},
	};
}
