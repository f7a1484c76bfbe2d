import type { Command } from "commander";
import { knownKeys, nearest, valueAt } from "../../config/known-keys.ts";
import { checkConfig, configGet, configPath, configSet, loadConfig } from "../../config.ts";
import { OnwaxError } from "../../errors.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { usage } from "../parse.ts";
import { visible } from "../visible.ts";
import { padEnd } from "../width.ts";

export const summary = "Read, change and check the configuration";

export const examples: Example[] = [
	["onwax config set compress opus", "change one key; the others stay"],
	["onwax config get retry.maxAttempts", "the value in force"],
	["onwax config check", "everything that is wrong with it, at once"],
];

export function define(command: Command, act: Act): void {
	command
		.command("get")
		.description("Show the values in force, defaults included")
		.argument("[key]", "such as retry.maxAttempts; all of them without")
		.action(act(get));
	command
		.command("set")
		.description("Write a key into the file")
		.argument("<key>", "such as minFreeSpaceMb")
		.argument("[value]", "as it would be in the environment, or JSON")
		.option("--unset", "take the key out")
		.action(act(set));
	command.command("path").description("Show where the file is").action(act(path));
	command.command("check").description("Say what is wrong with it").action(act(check));
}

export async function get(cli: Cli, key: string | undefined): Promise<ExitStatus> {
	const { output } = cli;
	const env = cli.environment;
	if (key !== undefined) {
		if (!isKey(cli, key)) return exitStatus.usage;
		const value = await configGet(key, { env });
		output.value({ key, value });
		output.line(visible(typeof value === "string" ? value : JSON.stringify(value)));
		return exitStatus.done;
	}
	const { config } = await loadConfig({ env });
	const leaves = knownKeys.filter(
		(one) => !knownKeys.some((other) => other.key.startsWith(`${one.key}.`)),
	);
	const longest = Math.max(...leaves.map((one) => one.key.length));
	for (const leaf of leaves) {
		const value = valueAt(config, leaf.key.split(".")) ?? null;
		output.value({ key: leaf.key, value });
		output.line(`${padEnd(leaf.key, longest)}  ${visible(JSON.stringify(value))}`);
	}
	return exitStatus.done;
}

/** A key that is none is a slip of whoever typed it; a wrong file or value is not. */
function isKey({ output }: Cli, key: string): boolean {
	// Names below these are the user's own: `config.ts` checks them.
	if (/^(engines|retention)\./.test(key)) return true;
	const keys = knownKeys.map((known) => known.key);
	if (keys.includes(key)) return true;
	const meant = nearest(key, keys);
	const hint = meant ? `Did you mean ${meant}?` : "docs/configuration.md lists all keys.";
	output.failure(new OnwaxError("ERR_CONFIG", `${key} is not a known key.`, { hint }));
	return false;
}

export async function set(
	cli: Cli,
	key: string,
	value: string | undefined,
	options: { unset?: boolean },
): Promise<ExitStatus> {
	if ((value === undefined) !== (options.unset ?? false)) throw usage("Give a value, or --unset.");
	if (!isKey(cli, key)) return exitStatus.usage;
	const written = await configSet(key, value ?? null, { env: cli.environment });
	cli.output.value({ key, ...written });
	const shown = options.unset ? "not set" : JSON.stringify(written.value);
	cli.output.line(`${key}  ${visible(shown)}`);
	const { noteSettingsChanged } = await import("../with-guard.ts");
	await noteSettingsChanged(cli, { keys: key });
	return exitStatus.done;
}

export async function path(cli: Cli): Promise<ExitStatus> {
	const path = configPath({ env: cli.environment });
	cli.output.value({ path });
	cli.output.line(visible(path));
	return exitStatus.done;
}

export async function check(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	const checked = await checkConfig({ env: cli.environment });
	const { path, fileExists, problems } = checked;
	output.value({ ok: problems.length === 0, path, fileExists, problems });
	for (const { message } of problems) {
		output.line(`${output.out.paint("red", "wrong")}  ${visible(message)}`);
	}
	if (problems.length === 0) {
		output.line(
			fileExists ? `${visible(path)} is in order.` : "There is no file; the defaults apply.",
		);
	}
	return problems.length > 0 ? exitStatus.failed : exitStatus.done;
}
