/** How engines are declared in the configuration (docs/engines.md). The schema is src/config's. */

export type CommandInputConfig = {
	/** Hertz. */
	sampleRate?: number | undefined;
	channels?: number | undefined;
	/** `any` hands over the recording's own file as it is. */
	container?: "wav" | "any" | undefined;
};

export type CommandEngineConfig = {
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

export type OpenaiEngineConfig = {
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

export type EngineConfig = CommandEngineConfig | OpenaiEngineConfig;

/** The process's environment, or what a test puts in its place. */
export type Environment = Readonly<Record<string, string | undefined>>;
