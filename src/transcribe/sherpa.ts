import { OnwaxError } from "../errors.ts";
import type { Engine } from "./engine.ts";
import type { SherpaEngineConfig } from "./engine-config.ts";
import type { EngineGround } from "./registry.ts";

export function createSherpaEngine(
	_name: string,
	_config: SherpaEngineConfig,
	_ground: EngineGround,
): Engine {
	throw new OnwaxError("ERR_UNSUPPORTED", "not yet");
}
