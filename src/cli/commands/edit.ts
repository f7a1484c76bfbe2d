import { readFile } from "node:fs/promises";
import { text as readAll } from "node:stream/consumers";
import type { Command } from "commander";
import { noteAtTerminal } from "../../app/audit.ts";
import { type Edit, editRecording } from "../../app/edit.ts";
import { keptTranscript } from "../../app/export.ts";
import { recordingJson } from "../../app/recording-json.ts";
import { resolveRecording } from "../../app/resolve.ts";
import type { Layout } from "../../archive/layout.ts";
import { OnwaxError, toOnwaxError } from "../../errors.ts";
import type { Recording } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { editInEditor } from "../edit-in-editor.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { collect } from "../parse.ts";
import { referenceHelp } from "../references.ts";
import { withApp } from "../session.ts";
import { formatDate } from "../when.ts";

export const summary = "Change title, tags, description or text";

export const examples: Example[] = [
	['onwax edit last --title "Call with Ana" --add-tag work', "title and tag"],
	["onwax edit last", "all of it, in your $EDITOR"],
	["onwax edit last --transcript better.txt", "the text; what the engine said stays"],
	["onwax edit last --undo-edit", "back to the text before the newest edit"],
];

export type Options = {
	title?: string;
	description?: string;
	addTag?: string[];
	removeTag?: string[];
	transcript?: string;
	undoEdit?: boolean;
};

export function define(command: Command, act: Act): void {
	command
		.argument("<rec>", referenceHelp)
		.option("--title <title>", "what to call it; empty for none")
		.option("--description <text>", "what it is about; empty for none")
		.option("--add-tag <tag>", "may be repeated", collect)
		.option("--remove-tag <tag>", "may be repeated", collect)
		.option("--transcript <file>", "the text from a file; - reads standard input")
		.option("--undo-edit", "go back to the text before the newest edit")
		.action(act(run));
}

export async function run(cli: Cli, reference: string, options: Options): Promise<ExitStatus> {
	const { output } = cli;
	const nothingGiven = Object.keys(options).length === 0;
	if (options.undoEdit && options.transcript !== undefined) {
		throw new OnwaxError("ERR_USAGE", "--undo-edit and --transcript contradict each other.");
	}
	if (nothingGiven && !(process.stdin.isTTY && output.err.isTerminal)) {
		throw new OnwaxError("ERR_USAGE", "Say what to change.", {
			hint: "`onwax edit --help` shows the options; on a terminal, $EDITOR is opened.",
		});
	}
	const text = options.transcript === undefined ? undefined : await readText(options.transcript);
	return withApp(cli, async (app) => {
		const { library } = app;
		const recording = await resolveRecording(library.catalogue, reference);
		const { name } = recording.metadata;
		const edit: Edit | null = nothingGiven
			? await editInEditor(recording, cli.environment)
			: {
					title: options.title,
					description: options.description,
					addTags: options.addTag,
					removeTags: options.removeTag,
					text,
					undoEdit: options.undoEdit,
				};
		if (edit === null) {
			output.note("Nothing was changed.");
			return exitStatus.done;
		}
		const before = recording.metadata.revision;
		const { revision } = await editRecording(app, name, edit);
		const after = await resolveRecording(library.catalogue, name);
		output.value(recordingJson(library.layout, after));
		if (revision === before) output.note("It is like that already; nothing was changed.");
		else {
			output.line(`${output.out.paint("green", "changed")}  ${name}`);
			const given = Object.entries(edit).filter(([, value]) => value !== undefined);
			await noteAtTerminal(app, "edit", [name], { fields: given.map(([field]) => field) });
		}
		if (options.undoEdit) output.note(await standing(library.layout, after));
		return exitStatus.done;
	});
}

/** Which layer an undone edit has left on top. */
async function standing(layout: Layout, recording: Recording): Promise<string> {
	const edit = (await keptTranscript(layout, recording))?.edit ?? null;
	if (edit === null) return "It reads as the engine and the lexicons have it.";
	return `Your edit of ${formatDate(edit.editedAt)} stands again; once more goes further back.`;
}

async function readText(path: string): Promise<string> {
	try {
		return path === "-" ? await readAll(process.stdin) : await readFile(path, "utf8");
	} catch (error) {
		const { code, message } = toOnwaxError(error, "ERR_IO");
		const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
		throw new OnwaxError(missing ? "ERR_NOT_FOUND" : code, `${path} cannot be read: ${message}`, {
			hint: "Check the path.",
		});
	}
}
