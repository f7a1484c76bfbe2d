import { isModelName } from "../models/model-name.ts";
import type { Environment } from "../transcribe/engine-config.ts";

/*
 * A token that somebody stole may change how long recordings are kept, and no more than that: it
 * must not become a program that runs on the service's machine, a key that is sent elsewhere, or a
 * door that opens to the network.
 */

/** Set to `all` in the environment of a service whose settings are all to be changed from afar. */
const allowingVariable = "ONWAX_SETTINGS_OVER_HTTP";

const reasons: readonly [RegExp, string][] = [
	[/^(dataDir|profile)$/, "It decides which files on this machine are the library."],
	[/^server\./, "It decides who can reach the service."],
	[/^webhooks$/, "It decides where recordings are told of."],
	[/^telemetry\./, "It decides where traces are sent."],
	[/^record\.(microphone|device)$/, "It can run programs on the service's machine."],
	[/^chat\.(baseUrl|apiKeyEnv)$/, "It decides where a key of this machine is sent."],
	[/^model\.mirror$/, "It decides where models are taken from."],
	[/^lexicon\.regexTimeLimitMs$/, "It decides how long one text may keep the service busy."],
	[/^log\.level$/, "It decides whether what happens is written down."],
];

const engineReason =
	"Of engines only a local model by its name, or the default service with its own key, can be declared from afar: others run programs, or send a key elsewhere.";

/**
 * Why a value cannot be given to a key from afar; null: it can.
 *
 * @param value undefined where it is taken out, and where only the key is asked about
 */
export function lockOf(key: string, value: unknown, environment: Environment): string | null {
	if (environment[allowingVariable] === "all") return null;
	if (key === "engines") return engineReason;
	if (key.startsWith("engines.")) return isHarmlessEngine(value) ? null : engineReason;
	return reasons.find(([pattern]) => pattern.test(key))?.[1] ?? null;
}

/** What the process has read at its start. */
export function needsRestart(key: string): boolean {
	return /^(dataDir|profile|minFreeSpaceMb|slowQueryMs|server\..*|log\..*|media\..*|telemetry\..*|webhooks)$/.test(
		key,
	);
}

/** One that can be declared twice at most: by what it is, it reads a model that is here, or asks the one service. */
function isHarmlessEngine(value: unknown): boolean {
	if (value === undefined) return true;
	if (typeof value !== "object" || value === null) return false;
	const { type, model, baseUrl, apiKeyEnv } = value as Record<string, unknown>;
	if (type === "sherpa") return typeof model === "string" && isModelName(model);
	if (type !== "openai") return false;
	return baseUrl === undefined && (apiKeyEnv === undefined || apiKeyEnv === "OPENAI_API_KEY");
}
