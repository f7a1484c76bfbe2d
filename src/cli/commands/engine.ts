import type { Command } from "commander";
import { listEngines, tryEngine } from "../../app/engine-check.ts";
import { noEngine, openEngines } from "../../app/engines.ts";
import { layoutOf } from "../../archive/layout.ts";
import { loadConfig } from "../../config.ts";
import { openMedia } from "../../media/media.ts";
import { openSpeech } from "../../speech/open-speech.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { visible } from "../visible.ts";
import { padEnd } from "../width.ts";

export const summary = "Show and try what turns audio into text";

export const examples: Example[] = [
	["onwax engine list", "which there are, and whether they could work now"],
	["onwax engine test", "send a sample through the default one"],
	["onwax engine test openai", "through another one"],
];

export function define(command: Command, act: Act): void {
	command.command("list").description("All engines, and whether they could work").action(act(list));
	command
		.command("test")
		.description("Send a sample through an engine; a service may charge for it")
		.argument("[name]", "an engine's name; else the default one")
		.action(act(test));
}

async function open(cli: Cli) {
	const { config } = await loadConfig({ env: cli.environment });
	const { models } = layoutOf(config.dataDir);
	return { config, engines: openEngines(config, models, cli.environment, openSpeech()) };
}

export async function list(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	const { config, engines } = await open(cli);
	const states = await listEngines(config, engines);
	if (states.length === 0) throw noEngine();
	const longest = Math.max(...states.map(({ name }) => name.length));
	for (const { name, type, model, isDefault, why, check } of states) {
		output.value({ name, type, model, isDefault, why, ...check });
		const { out } = output;
		const mark = check.ok ? out.paint("green", "ready") : out.paint("red", "not ready");
		const about = [type, model].filter(Boolean).join(", ");
		const more = isDefault ? `  ${out.paint("bold", "default")}` : "";
		output.line(`${padEnd(visible(name), longest)}  ${mark}  ${out.paint("dim", about)}${more}`);
		if (why !== null) output.line(`  ${out.paint("dim", visible(why))}`);
		output.line(`  ${out.paint("dim", visible(check.message))}`);
		if (check.hint !== null) output.line(`  ${visible(check.hint)}`);
	}
	return exitStatus.done;
}

export async function test(cli: Cli, name: string | undefined): Promise<ExitStatus> {
	const { output } = cli;
	const { engines } = await open(cli);
	const media = openMedia({ children: 1 });
	try {
		const trial = await tryEngine(engines, media, name ?? null, cli.signal);
		output.value(trial);
		output.line(`said   ${trial.said}`);
		output.line(`heard  ${visible(trial.heard) || "(nothing)"}`);
		output.note(`${trial.engine} took ${trial.latencySeconds.toFixed(1)} s.`);
		return exitStatus.done;
	} finally {
		await media.close();
	}
}
