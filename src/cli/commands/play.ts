import type { Command } from "commander";
import { playFile } from "../../app/play.ts";
import { audioPath, recordingJson } from "../../app/recording-json.ts";
import { notFound, resolveRecording } from "../../app/resolve.ts";
import type { Act, Cli, Example } from "../command.ts";
import { formatDuration } from "../duration.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { seconds } from "../parse.ts";
import { titleOf } from "../recording-row.ts";
import { referenceHelp } from "../references.ts";
import { withReading } from "../session.ts";
import { writeText } from "../text.ts";
import { visible, visibleText } from "../visible.ts";

export const summary = "Play a recording, and show its text";

export const examples: Example[] = [
	["onwax play last", "Ctrl-C stops it"],
	["onwax play last --at 1:23", "from there on"],
];

export function define(command: Command, act: Act): void {
	command
		.argument("<rec>", referenceHelp)
		.option("--at <time>", "where to begin, such as 1:23", seconds, 0)
		.action(act(run));
}

export async function run(
	cli: Cli,
	reference: string,
	options: { at: number },
): Promise<ExitStatus> {
	const { output } = cli;
	return withReading(cli, async (reading) => {
		if (reading === null) throw notFound(reference);
		const recording = await resolveRecording(reading.catalogue, reference);
		const { audio, name } = recording.metadata;
		const length = formatDuration(audio.durationSeconds);
		output.value(recordingJson(reading.layout, recording));
		output.line(`${output.out.paint("bold", visible(titleOf(recording) ?? name))}  ${length}`);
		if (recording.transcript) {
			output.line();
			writeText(output, visibleText(recording.transcript.text));
		}
		await playFile(audioPath(reading.layout, recording), audio, {
			atSeconds: options.at,
			signal: cli.signal,
			onPosition: (at) => output.progress(`▶ ${formatDuration(at)} / ${length}`),
		});
		output.progress(null);
		return cli.signal.aborted ? exitStatus.interrupted : exitStatus.done;
	});
}
