import type { Config } from "../config/defaults.ts";
import type { detectEngine } from "../transcribe/detect.ts";
import type { EngineConfig } from "../transcribe/engine-config.ts";

/** What is found on this machine; asked only where the configuration does not decide. */
export type Detect = () => ReturnType<typeof detectEngine>;

type Settings = Pick<Config, "engine" | "engines">;

/**
 * Which engines are asked for a recording, the default first, and why these: those that are chosen,
 * else the only one that is declared, else what is found. Empty for a machine without any.
 */
export async function engineOrder(
	config: Settings,
	detect: Detect,
): Promise<{ names: string[]; why: string | null }> {
	const chosen = [...new Set([config.engine ?? []].flat())];
	if (chosen.length > 0) return { names: chosen, why: "chosen in the configuration" };
	const declared = Object.keys(config.engines);
	if (declared.length === 1) return { names: declared, why: "the only one in the configuration" };
	const found = await detect();
	return found ? { names: [found.name], why: `found ${found.found}` } : { names: [], why: null };
}

/** What an engine of that name is: as declared, else as it was found; null where none has the name. */
export async function engineConfigOf(
	config: Settings,
	name: string,
	detect: Detect,
): Promise<EngineConfig | null> {
	const declared = config.engines[name];
	if (declared) return declared;
	const found = await detect();
	return found?.name === name ? found.config : null;
}
