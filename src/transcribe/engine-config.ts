import type { Speech } from "../speech/speech.ts";

/** How engines are declared in the configuration (docs/engines.md). The schema is src/config's. */

/** What every engine may be told. */
export type CommonEngineConfig = {
	/** Longer audio is cut at silences into windows of at most this length; 0 never cuts. */
	windowSeconds?: number | undefined;
	/** Windows at once. */
	concurrency?: number | undefined;
	/** Where it stands in a list of engines, it is left out unless all of this is so. */
	when?: EngineConditions | undefined;
};

export type EngineConditions = {
	/** True: only with a network; false: only without one. */
	online?: boolean | undefined;
	minSeconds?: number | undefined;
	maxSeconds?: number | undefined;
	/** Only for recordings in one of these languages, as `language` in the configuration says. */
	languages?: string[] | undefined;
};

/** Ten minutes lost to a crash are soon made up for, and no service has trouble with them. */
const defaultWindowSeconds = 600;

/** The length of a window as configured; null where audio is not to be cut. */
export function windowLength(config: CommonEngineConfig): number | null {
	return (config.windowSeconds ?? defaultWindowSeconds) || null;
}

export type CommandInputConfig = {
	/** Hertz. */
	sampleRate?: number | undefined;
	channels?: number | undefined;
	/** `any` hands over the recording's own file as it is. */
	container?: "wav" | "any" | undefined;
};

export type CommandEngineConfig = CommonEngineConfig & {
	type: "command";
	/** Program and arguments; no shell. `{audio}` is required, `{language}` and `{model}` are not. */
	command: string[];
	/** What the program reads; 16 kHz mono WAV where nothing is said. */
	input?: CommandInputConfig | undefined;
	/** What the program prints; `text` where nothing is said. */
	output?: "text" | "json" | "auto" | undefined;
	/** 1800 where nothing is said. */
	timeoutSeconds?: number | undefined;
	model?: string | undefined;
	/** Names of variables that are passed on although they look like secrets. */
	env?: string[] | undefined;
};

export type OpenaiEngineConfig = CommonEngineConfig & {
	type: "openai";
	/** `https://api.openai.com/v1` where nothing is said; any compatible service. */
	baseUrl?: string | undefined;
	/** `whisper-1` where nothing is said. */
	model?: string | undefined;
	/** Name of the environment variable that holds the key; `OPENAI_API_KEY` where nothing is said. */
	apiKeyEnv?: string | undefined;
	/** For the whole request; 600 where nothing is said. */
	timeoutSeconds?: number | undefined;
	/** The service's limit in MiB; 25 where nothing is said. */
	maxUploadMb?: number | undefined;
	/** Words and spellings to expect, in the language of the audio. */
	prompt?: string | undefined;
};

export type SherpaEngineConfig = CommonEngineConfig & {
	type: "sherpa";
	/** Name of a folder in the models folder, or the path of one. */
	model: string;
	/** Processor threads for one window; from the machine where nothing is said. */
	threads?: number | undefined;
	/** For one window; 600 where nothing is said. */
	timeoutSeconds?: number | undefined;
};

export type EngineConfig = CommandEngineConfig | OpenaiEngineConfig | SherpaEngineConfig;

/** The process's environment, or what a test puts in its place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What drivers stand on. */
export type EngineGround = {
	environment: Environment;
	/** Names of variables that hold a key, whatever they are called: no other program gets them. */
	secretVariables: readonly string[];
	/** The library's; it need not exist. */
	modelsFolder: string;
	speech: Speech;
};
