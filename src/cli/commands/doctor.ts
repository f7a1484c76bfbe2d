import type { Command } from "commander";
import { type Check, examine } from "../../app/doctor.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus, statusOfCode } from "../exit-status.ts";
import type { Style } from "../output.ts";
import { visible } from "../visible.ts";
import { padEnd, wrap } from "../width.ts";

export const summary = "Look at everything that the program stands on";

export const examples: Example[] = [
	["onwax doctor", "disk, catalogue, engine, sound, configuration"],
	["onwax doctor --json", "for a report"],
];

export function define(command: Command, act: Act): void {
	command.action(act(run));
}

const marks: Record<Check["state"], [string, Style]> = {
	ok: ["✓", "green"],
	warning: ["!", "yellow"],
	problem: ["✗", "red"],
};

export async function run(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	const statuses: ExitStatus[] = [];
	for await (const check of examine(cli.environment)) {
		cli.signal.throwIfAborted();
		output.value(check);
		write(cli, check);
		if (check.state === "problem") {
			const known = check.code === "ERR_CATALOGUE" || check.code === "ERR_DAMAGED";
			statuses.push(known ? statusOfCode("ERR_DAMAGED") : exitStatus.failed);
		}
	}
	return combine(statuses);
}

function write({ output }: Cli, { name, state, message, hint }: Check): void {
	const { out } = output;
	const [mark, style] = marks[state];
	const room = out.isTerminal ? out.width - 17 : 1000;
	const [first = "", ...more] = wrap(visible(message), room);
	output.line(`${out.paint(style, mark)} ${padEnd(name, 14)} ${first}`);
	const indent = " ".repeat(17);
	for (const line of more) output.line(`${indent}${line}`);
	if (hint === null) return;
	for (const line of wrap(visible(hint), room)) output.line(`${indent}${out.paint("dim", line)}`);
}
