import { Command, CommanderError, InvalidArgumentError } from "commander";
import { OnwaxError } from "../errors.ts";
import type { Act, Cli, CommandFile } from "./command.ts";
import { parseDays, parseSeconds } from "./duration.ts";
import { displayWidth, padEnd } from "./width.ts";

/** Commander's view of one command: arguments, options, help with its examples. */
export function makeCommand(cli: Cli, name: string, file: CommandFile, act: Act): Command {
	const { output } = cli;
	const command = new Command(`onwax ${name}`);
	command.description(file.summary).exitOverride();
	command.configureOutput({
		// Help that was asked for is a result; mistakes are told in main.ts.
		writeOut: (text) => output.text(text),
		writeErr: () => {},
		getOutHelpWidth: () => Math.min(output.out.width, 100),
		getOutHasColors: () => false,
	});
	command.configureHelp({ styleTitle: (title) => output.out.paint("bold", title) });
	file.define(command, act);
	command.addHelpText("after", `\n${examplesText(cli, file)}`);
	for (const sub of command.commands) {
		sub.copyInheritedSettings(command);
		sub.helpOption("-h, --help", "show this help");
	}
	command.helpOption("-h, --help", "show this help");
	if (command.commands.length > 0) command.helpCommand(false);
	return command;
}

function examplesText(cli: Cli, { examples }: CommandFile): string {
	const { out } = cli.output;
	const longest = Math.max(...examples.map(([line]) => displayWidth(line)));
	const beside = longest + 40 <= out.width;
	const lines = examples.map(([line, what]) =>
		beside
			? `  ${padEnd(line, longest)}   ${out.paint("dim", what)}`
			: `  ${line}\n      ${out.paint("dim", what)}`,
	);
	const json = out.paint("dim", "With --json, every result is one JSON value per line on stdout.");
	return `${out.paint("bold", "Examples:")}\n${lines.join("\n")}\n\n${json}\n`;
}

/** What commander threw, as the error that it is; "help shown" where it is none. */
export function usageError(error: unknown, name: string): OnwaxError | "help shown" | unknown {
	if (!(error instanceof CommanderError)) return error;
	if (error.exitCode === 0) return "help shown";
	const message =
		error.code === "commander.help"
			? `\`onwax ${name}\` needs to know what to do.`
			: sentence(error.message);
	return new OnwaxError("ERR_USAGE", message, {
		hint: `\`onwax ${name} --help\` shows how it is used.`,
	});
}

/** Commander's `error: unknown option '--x'\n(Did you mean --y?)` in our words' shape. */
function sentence(message: string): string {
	const [first = "", ...more] = message.replace(/^error: /, "").split("\n");
	const text = `${first.charAt(0).toUpperCase()}${first.slice(1)}`;
	const ended = /[.!?]$/.test(text) ? text : `${text}.`;
	return [ended, ...more.map((line) => line.replace(/^\((.*)\)$/, "$1"))].join(" ");
}

/** For what commander cannot see: options that contradict each other. */
export function usage(message: string, hint?: string): OnwaxError {
	return new OnwaxError("ERR_USAGE", message, hint === undefined ? {} : { hint });
}

export function wholeNumber(text: string): number {
	if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("Give a whole number, such as 20.");
	return Number(text);
}

const slowestRate = 1000;
const fastestRate = 384_000;

export function sampleRate(text: string): number {
	const rate = wholeNumber(text);
	if (rate < slowestRate || rate > fastestRate) {
		throw new InvalidArgumentError(`Give samples per second, ${slowestRate} to ${fastestRate}.`);
	}
	return rate;
}

export function seconds(text: string): number {
	const parsed = parseSeconds(text);
	if (parsed === null) throw new InvalidArgumentError("Give a time, such as 1:23, 90s or 500ms.");
	return parsed;
}

/** For what takes no time at all only by mistake. */
export function someSeconds(text: string): number {
	const parsed = seconds(text);
	if (parsed <= 0) throw new InvalidArgumentError("Give a time longer than 0.");
	return parsed;
}

/** A variable that is not set, say, is not to mean "any" or "the default". */
export function notEmpty(text: string): string {
	if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
	return text;
}

export function days(text: string): number {
	const parsed = parseDays(text);
	if (parsed === null) throw new InvalidArgumentError("Give an age, such as 7d, 36h or 2w.");
	return parsed;
}

/** For options that may be given several times. */
export function collect(text: string, before: string[] | undefined): string[] {
	return [...(before ?? []), text];
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]) {
	return (text: string): Choice => {
		const found = choices.find((choice) => choice === text);
		if (found === undefined) throw new InvalidArgumentError(`Choose one of ${choices.join(", ")}.`);
		return found;
	};
}
