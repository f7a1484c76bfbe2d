import type { Argument, Command } from "commander";
import type { Act, Cli, Example } from "../command.ts";
import { bashScript, type Completed, fishScript, zshScript } from "../completion-scripts.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { makeCommand, oneOf } from "../parse.ts";

export const summary = "Print a completion script for bash, zsh or fish";

export const examples: Example[] = [
	["onwax completion bash >> ~/.bashrc", "bash"],
	["onwax completion zsh > ~/.zfunc/_onwax", "zsh, where ~/.zfunc is in $fpath"],
	["onwax completion fish > ~/.config/fish/completions/onwax.fish", "fish"],
];

const shells = ["bash", "zsh", "fish"] as const;

export function define(command: Command, act: Act): void {
	command.argument("<shell>", shells.join(", "), oneOf(shells)).action(act(run));
}

export async function run(cli: Cli, shell: (typeof shells)[number]): Promise<ExitStatus> {
	const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](
		await describeCommands(cli),
	);
	cli.output.value({ shell, script });
	cli.output.text(script);
	return exitStatus.done;
}

/** Every command as commander knows it; the scripts are made from that and nothing else. */
export async function describeCommands(cli: Cli): Promise<Completed[]> {
	const all: Completed[] = [];
	for (const { commands } of cli.commandGroups) {
		for (const [name, load] of Object.entries(commands)) {
			const file = await load();
			const command = makeCommand(cli, name, file, () => async () => {});
			all.push({ ...describe(command), name, summary: file.summary });
		}
	}
	return all;
}

function describe(command: Command): Completed {
	return {
		name: command.name(),
		summary: command.description(),
		options: command.options.map((option) => ({
			flag: option.long ?? option.flags,
			takesValue: option.required || option.optional,
			summary: option.description,
		})),
		takes: command.registeredArguments.map(kindOf)[0] ?? "nothing",
		commands: command.commands.map(describe),
	};
}

function kindOf(argument: Argument): Completed["takes"] {
	if (argument.name() === "rec") return "recordings";
	return argument.name() === "path" ? "files" : "nothing";
}
