import { OnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";
import { commandGroups, commandNamed } from "./commands.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";
import { makeCommand } from "./parse.ts";
import { padEnd, truncate } from "./width.ts";

const exitStatuses: [number, string][] = [
	[0, "done"],
	[1, "failed, and said why"],
	[2, "wrong usage"],
	[3, "kept, but not transcribed"],
	[4, "not found"],
	[5, "damaged data found"],
	[130, "interrupted"],
];

/** `onwax`, `onwax help`, `onwax help COMMAND`. */
export async function showHelp(cli: Cli, words: readonly string[]): Promise<ExitStatus> {
	const [name] = words;
	if (name === undefined) return mainHelp(cli);
	const loading = commandNamed(name);
	if (loading === null) {
		throw new OnwaxError("ERR_USAGE", `There is no command ${JSON.stringify(name)}.`, {
			hint: "`onwax help` lists all commands.",
		});
	}
	const command = makeCommand(cli, name, await loading, () => async () => {});
	const sub = command.commands.find((one) => one.name() === words[1]);
	(sub ?? command).outputHelp();
	return exitStatus.done;
}

async function mainHelp(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	const { out } = output;
	const bold = (text: string) => out.paint("bold", text);
	const dim = (text: string) => out.paint("dim", text);
	output.line(`${bold("onwax")} keeps recordings, turns them into text, and finds them again.`);
	output.line();
	output.line(`  onwax record                   ${dim("until Enter; then print the text")}`);
	output.line(`  onwax import memo.m4a          ${dim("keep a recording, print its text")}`);
	output.line(`  onwax search "next tuesday"    ${dim("find it again")}`);
	output.line(`  onwax play last                ${dim("hear it, with its text")}`);
	for (const { title, commands } of commandGroups) {
		output.line();
		output.line(bold(title));
		for (const [name, load] of Object.entries(commands)) {
			const { summary } = await load();
			output.value({ command: name, summary });
			output.line(`  ${padEnd(name, 11)} ${truncate(summary, Math.min(out.width, 100) - 15)}`);
		}
	}
	output.line();
	output.line(bold("Exit status"));
	for (const [status, meaning] of exitStatuses) {
		output.line(`  ${padEnd(String(status), 11)} ${meaning}`);
	}
	output.line();
	output.line(
		`A recording is named by its name, a beginning of it that is unique, its id, or ${bold("last")}.`,
	);
	output.line(`${bold("onwax help COMMAND")} shows a command's options and examples.`);
	output.line(`With ${bold("--json")}, every result is one JSON value per line.`);
	return exitStatus.done;
}
