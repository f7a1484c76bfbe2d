import { createCommandEngine } from "./command.ts";
import type { Engine } from "./engine.ts";
import type { EngineConfig, EngineGround } from "./engine-config.ts";
import { createOpenaiEngine } from "./openai.ts";
import { createSherpaEngine } from "./sherpa.ts";

type EngineFactory<Config> = (name: string, config: Config, ground: EngineGround) => Engine;

/** One line per driver. None of them loads its SDK before it is asked to transcribe. */
const drivers: {
	[Type in EngineConfig["type"]]: EngineFactory<Extract<EngineConfig, { type: Type }>>;
} = {
	command: (name, config, { environment, secretVariables }) =>
		createCommandEngine(name, config, environment, secretVariables),
	openai: (name, config, { environment }) => createOpenaiEngine(name, config, environment),
	sherpa: createSherpaEngine,
};

/**
 * The engine that `engines.<name>` in the configuration declares. Throws ERR_CONFIG where the
 * declaration cannot work; whether program and key are there is what `Engine.check` says.
 */
export function createEngine(name: string, config: EngineConfig, ground: EngineGround): Engine {
	const create = drivers[config.type] as EngineFactory<EngineConfig>;
	return create(name, config, ground);
}
