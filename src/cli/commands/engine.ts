import type { Command } from "commander";
import { type EngineState, listEngines, tryEngine } from "../../app/engine-check.ts";
import { noEngine, openEngines } from "../../app/engines.ts";
import { layoutOf } from "../../archive/layout.ts";
import { loadConfig } from "../../config.ts";
import { openMedia } from "../../media/media.ts";
import { openSpeech } from "../../speech/open-speech.ts";
import type { BreakerView } from "../../transcribe/breaker-state.ts";
import type { Act, Cli, Example } from "../command.ts";
import { formatAbout } from "../duration.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import type { Output } from "../output.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";
import { formatWhen } from "../when.ts";

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
	for (const state of states) {
		const { check, ...rest } = state;
		output.value({ ...rest, ...check });
		tell(output, state);
	}
	return exitStatus.done;
}

function tell(output: Output, state: EngineState): void {
	const { name, type, model, place, chosenNow, check, breaker, leftOut, conditions, why } = state;
	const { out } = output;
	const mark = check.ok ? out.paint("green", "ready") : out.paint("red", "not ready");
	const about = [type, model].filter((one) => one !== null).map(visible);
	const head = place === null ? visible(name) : `${place}. ${visible(name)}`;
	const more = chosenNow ? `  ${out.paint("bold", "asked first now")}` : "";
	output.line(`${head}  ${mark}  ${out.paint("dim", about.join(", "))}${more}`);
	const dim = (text: string) => output.line(`  ${out.paint("dim", visible(text))}`);
	if (why !== null) dim(why);
	dim(check.message);
	if (check.hint !== null) output.line(`  ${visible(check.hint)}`);
	if (conditions !== null) dim(conditions);
	if (leftOut !== null)
		output.line(`  ${out.paint("yellow", `left out now: ${visible(leftOut)}`)}`);
	const paused = breakerInWords(breaker);
	if (paused !== null) output.line(`  ${out.paint("yellow", paused)}`);
	const { lastFailure, lastSuccessAt } = breaker;
	if (lastFailure !== null)
		dim(`last failure ${formatWhen(lastFailure.at)}: ${lastFailure.message}`);
	if (lastSuccessAt !== null) dim(`last success ${formatWhen(lastSuccessAt)}`);
	if (place === null) dim("asked only by its name: --engine");
}

function breakerInWords({ state, since, until, failures }: BreakerView): string | null {
	if (state === "closed" || since === null || until === null) return null;
	const after = `left alone since ${formatWhen(since)}, after ${count(failures, "failure")} in a row`;
	if (state === "trying") return `${after}; the next request shows whether it is back`;
	const seconds = Math.max(1, Math.ceil((Date.parse(until) - Date.now()) / 1000));
	return `${after}; it is tried again in ${formatAbout(seconds)}`;
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
