import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { noteAtTerminal } from "../../app/audit.ts";
import { exportRecording } from "../../app/export.ts";
import { notFound } from "../../app/resolve.ts";
import { saveOutput } from "../../app/save-output.ts";
import { OnwaxError } from "../../errors.ts";
import { type ExportFormat, exporterOf, exportFormats } from "../../export/formats.ts";
import type { Recording } from "../../recording.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { oneOf } from "../parse.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withReading } from "../session.ts";
import { visible, visibleText } from "../visible.ts";

export const summary = "Write a transcript as txt, srt, vtt, md or json";

export const examples: Example[] = [
	["onwax export last --format srt --output talk.srt", "subtitles into a file"],
	["onwax export last", "the text on standard output"],
	["onwax export a1 b2 --format md --output notes/", "several, into a folder"],
];

export type Options = { format: ExportFormat; output?: string; force?: boolean };

export function define(command: Command, act: Act): void {
	command
		.argument("<rec...>", referenceHelp)
		.option("--format <format>", exportFormats.join(", "), oneOf(exportFormats), "txt")
		.option("-o, --output <file>", "a file, or a folder for several; else standard output")
		.option("--force", "replace files that are there")
		.action(act(run));
}

export async function run(cli: Cli, references: string[], options: Options): Promise<ExitStatus> {
	const { output } = cli;
	const { format, force = false } = options;
	const target = options.output === undefined ? null : await targetOf(options.output);
	if (references.length > 1 && target?.kind !== "folder") {
		throw new OnwaxError("ERR_USAGE", "Several recordings go into a folder.", {
			hint: "Name one that is there with --output FOLDER/.",
		});
	}
	return withReading(cli, async (reading) => {
		if (reading === null) throw notFound(references[0] ?? "");
		const exported: string[] = [];
		const status = await eachRecording(cli, reading.catalogue, references, async (recording) => {
			const { name } = recording.metadata;
			const text = await exportRecording(reading.layout, recording, format);
			exported.push(name);
			if (target === null) {
				output.value({ name, format, text });
				output.text(output.out.isTerminal ? visibleText(text) : text);
				return exitStatus.done;
			}
			const path =
				target.kind === "file" ? target.path : join(target.path, filenameFor(recording, format));
			await saveOutput(reading.layout, path, text, { force });
			output.value({ name, format, path });
			output.line(visible(path));
			return exitStatus.done;
		});
		await noteAtTerminal({ library: reading, log: reading.log }, "export", exported, { format });
		return status;
	});
}

function filenameFor({ metadata }: Recording, format: ExportFormat): string {
	return `${metadata.name}.${exporterOf(format).extension}`;
}

async function targetOf(text: string): Promise<{ kind: "file" | "folder"; path: string }> {
	const path = resolve(text);
	const isFolder = await stat(path).then(
		(facts) => facts.isDirectory(),
		() => false,
	);
	return { kind: isFolder || /[/\\]$/.test(text) ? "folder" : "file", path };
}
