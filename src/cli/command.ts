import type { Command } from "commander";
import type { ExitStatus } from "./exit-status.ts";
import type { Interrupts } from "./interrupt.ts";
import type { Output } from "./output.ts";

/** What every command is given. */
export type Cli = {
	readonly output: Output;
	readonly environment: NodeJS.ProcessEnv;
	readonly appVersion: string;
	/** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process at once. */
	readonly signal: AbortSignal;
	readonly interrupts: Interrupts;
	/** All there are, for those that speak about the others. */
	readonly commandGroups: readonly CommandGroup[];
};

/** Makes commander's action of a command's `run`. */
export type Act = <Arguments extends unknown[]>(
	run: (cli: Cli, ...args: Arguments) => Promise<ExitStatus>,
) => (...args: Arguments) => Promise<void>;

/** A line as it is typed, and what it is for. */
export type Example = [line: string, what: string];

/** What a command's file exports, beside its `run`. */
export type CommandFile = {
	/** One line in the main help. */
	summary: string;
	/** At least two. */
	examples: Example[];
	/** Declares arguments and options, and which function does it. */
	define(command: Command, act: Act): void;
};

/** Commands that belong together in the main help; a file is loaded when it is called. */
export type CommandGroup = { title: string; commands: Record<string, () => Promise<CommandFile>> };
