import { OnwaxError } from "../errors.ts";
import type { Engine } from "./engine.ts";
import type { EngineGround, SherpaEngineConfig } from "./engine-config.ts";

export function createSherpaEngine(
	_name: string,
	_config: SherpaEngineConfig,
	_ground: EngineGround,
): Engine {
	throw new OnwaxError("ERR_UNSUPPORTED", "not yet");
}
