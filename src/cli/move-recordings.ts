import { noteAtTerminal } from "../app/audit.ts";
import { recordingJson } from "../app/recording-json.ts";
import type { Library } from "../library/library.ts";
import type { Metadata } from "../recording.ts";
import type { Cli } from "./command.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { eachRecording } from "./references.ts";
import { withApp } from "./session.ts";

/** Into the trash or out of it; `said` is the word that tells it, already in its colour. */
export async function moveRecordings(
	cli: Cli,
	references: string[],
	move: (library: Library, name: string) => Promise<Metadata>,
	{ action, said }: { action: "trash" | "restore"; said: string },
): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async (app) => {
		const { library } = app;
		const moved: string[] = [];
		try {
			return await eachRecording(cli, library.catalogue, references, async (recording) => {
				const { metadata, transcript } = recording;
				const after = await move(library, metadata.name);
				moved.push(metadata.name);
				output.value(recordingJson(library.layout, { metadata: after, transcript }));
				output.line(`${said}  ${metadata.name}`);
				return exitStatus.done;
			});
		} finally {
			await noteAtTerminal(app, action, moved);
		}
	});
}
