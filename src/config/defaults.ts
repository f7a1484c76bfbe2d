import type { ChatTask } from "../chat/chat-tasks.ts";
import type { LogLevel } from "../log/level.ts";
import type { EngineConfig } from "../transcribe/engine-config.ts";

export const profiles = ["development", "test", "production"] as const;
export type Profile = (typeof profiles)[number];

export const retentionPresets = ["keep", "dictation", "service"] as const;
export type RetentionPreset = (typeof retentionPresets)[number];

/** Ages after which cleanup moves a recording to the trash (`trashDays`: purges it from there); an age left out keeps. */
export type RetentionRule = {
	successDays?: number | undefined;
	failedDays?: number | undefined;
	trashDays?: number | undefined;
	/** For whatever its state: the service's rule. */
	hours?: number | undefined;
};

/** Everything that can be set, with all defaults filled in. */
export type Config = {
	profile: Profile;
	/** Absolute path of the library. */
	dataDir: string;
	/** A key of `engines`, or several in the order of preference; null looks on this machine. */
	engine: string | string[] | null;
	engines: Record<string, EngineConfig>;
	/** BCP 47 tag given to the engine; null lets it find out. */
	language: string | null;
	/** Names and terms to expect, for engines that take hints. */
	vocabulary: string[];
	coverage: {
		/** Compare what was spoken with what was written. */
		enabled: boolean;
		/** Ask the engine again for speech without words. */
		askAgain: boolean;
	};
	speakers: {
		/** Tell speakers apart, where the models for it are there. */
		enabled: boolean;
		/** How many there are; null lets the models find out. */
		count: number | null;
	};
	/** A chat model that may add a title, a summary and a cleaned-up text; never in place of what was said. */
	chat: {
		enabled: boolean;
		baseUrl: string;
		model: string | null;
		apiKeyEnv: string;
		tasks: ChatTask[];
		timeoutSeconds: number;
	};
	model: {
		/** An address that takes the place of `https://github.com/k2-fsa/sherpa-onnx/releases/download` and its like. */
		mirror: string | null;
	};
	retry: { maxAttempts: number; delaysSeconds: number[]; maxDelaySeconds: number };
	breaker: { failures: number; cooldownSeconds: number };
	minFreeSpaceMb: number;
	compress: "flac" | "opus" | "none";
	peaks: boolean;
	retention: RetentionPreset | RetentionRule;
	keepSuccess: boolean;
	autoCleanup: boolean;
	autoRetry: boolean;
	import: {
		maxSizeMb: number;
		/** Lower-case file extensions without the dot. */
		formats: string[];
		/** A file counts as complete when it has not changed for this long. */
		stableSeconds: number;
		concurrency: number;
	};
	record: {
		/** As `--device` takes it; null for the system's default. */
		device: string | null;
		sampleRate: number;
		channels: number;
		/** End after so long without speech; null never. */
		stopAfterSilenceSeconds: number | null;
		maxSeconds: number | null;
		/** How much of what came before the first word is kept, where a recording begins with it. */
		preRollSeconds: number;
		/** Show what is serious as a notification of the desktop. */
		notify: boolean;
		/** Put the text into the clipboard. */
		copy: boolean;
		/** A program that writes raw samples, in place of the sound system. */
		microphone: { command: string[] } | null;
		/** A recording's file on disk grows to this size while it goes on, then another one follows. */
		segmentMb: number;
	};
	media: { timeoutSeconds: number; memoryLimitMb: number };
	lexicon: { enabled: boolean; regexTimeLimitMs: number };
	log: { level: LogLevel; retentionDays: number; maxSizeMb: number };
	worker: { concurrency: number; leaseSeconds: number; maxDeliveries: number };
	/** `onwax serve`. */
	server: {
		/** The address to listen on. Anything but loopback asks for a password or tokens first. */
		host: string;
		port: number;
		/** Names by which browsers may reach it, besides localhost and the address itself. */
		allowedHosts: string[];
		/** Other web pages that may use the API, such as `https://notes.example.org`. */
		corsOrigins: string[];
		/** Believe `X-Forwarded-For` and `-Proto` from these addresses. */
		trustedProxies: string[];
		/** Do the work that waits in the same process. */
		worker: boolean;
		/** What was begun and not finished is given up after so long without a byte. */
		uploadExpiryHours: number;
		/** Requests that one caller may make in a minute. */
		requestsPerMinute: number;
		/** How long a person stays signed in. */
		sessionDays: number;
	};
	/** Who is told what happened, by signed requests. */
	webhooks: WebhookConfig[];
	telemetry: {
		/** Where OpenTelemetry traces go, as OTLP over HTTP; null sends nothing. */
		otlpUrl: string | null;
	};
	slowQueryMs: number;
};

export const webhookEvents = [
	"recording.created",
	"recording.transcribed",
	"recording.failed",
	"recording.trashed",
	"recording.purged",
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

export type WebhookConfig = {
	url: string;
	/** Name of the environment variable that holds the key which signs the requests. */
	secretEnv: string;
	/** Left out: all of them. */
	events?: WebhookEvent[] | undefined;
	/** It may be in this network: private and loopback addresses are refused without. */
	allowPrivate?: boolean | undefined;
};

/** Settings as they are written: everything optional, nothing yet relative to a platform. */
export type Settings = Omit<Config, "dataDir"> & { dataDir: string | null };

/**
 * The defaults, as a literal, so that a program without settings starts without loading the
 * schema; a test proves that both agree. `dataDir: null` stands for the platform's own place.
 */
export const defaultSettings: Settings = {
	profile: "production",
	dataDir: null,
	engine: null,
	engines: {},
	language: null,
	vocabulary: [],
	coverage: { enabled: true, askAgain: true },
	speakers: { enabled: true, count: null },
	chat: {
		enabled: false,
		baseUrl: "https://api.openai.com/v1",
		model: null,
		apiKeyEnv: "OPENAI_API_KEY",
		tasks: ["title", "summary"],
		timeoutSeconds: 120,
	},
	model: { mirror: null },
	retry: { maxAttempts: 3, delaysSeconds: [1, 2, 4], maxDelaySeconds: 60 },
	breaker: { failures: 5, cooldownSeconds: 30 },
	minFreeSpaceMb: 20,
	compress: "flac",
	peaks: true,
	retention: "keep",
	keepSuccess: true,
	autoCleanup: false,
	autoRetry: false,
	import: {
		maxSizeMb: 500,
		formats: [
			...["wav", "wave", "w64", "mp3", "m4a", "m4b", "flac", "ogg", "oga", "opus", "webm", "aac"],
			...[
				"wma",
				"amr",
				"awb",
				"aiff",
				"aif",
				"aifc",
				"caf",
				"au",
				"mp4",
				"m4v",
				"mka",
				"mkv",
				"mov",
			],
			...["wv", "ape", "tta", "ac3", "eac3", "3gp", "3g2", "mp2", "spx", "asf", "avi"],
		],
		stableSeconds: 2,
		concurrency: 16,
	},
	record: {
		device: null,
		sampleRate: 16_000,
		channels: 1,
		stopAfterSilenceSeconds: null,
		maxSeconds: null,
		preRollSeconds: 1,
		notify: true,
		copy: false,
		microphone: null,
		segmentMb: 2048,
	},
	media: { timeoutSeconds: 60, memoryLimitMb: 1024 },
	lexicon: { enabled: true, regexTimeLimitMs: 100 },
	log: { level: "info", retentionDays: 30, maxSizeMb: 20 },
	worker: { concurrency: 2, leaseSeconds: 60, maxDeliveries: 5 },
	server: {
		host: "127.0.0.1",
		port: 1877,
		allowedHosts: [],
		corsOrigins: [],
		trustedProxies: [],
		worker: true,
		uploadExpiryHours: 168,
		requestsPerMinute: 1200,
		sessionDays: 30,
	},
	webhooks: [],
	telemetry: { otlpUrl: null },
	slowQueryMs: 1000,
};

/** What a chosen profile changes (D2.1); without one, the defaults above stand as they are. */
export const profileTraits: Record<Profile, { minFreeSpaceMb: number; dataDirSuffix: string }> = {
	development: { minFreeSpaceMb: 50, dataDirSuffix: "-development" },
	test: { minFreeSpaceMb: 100, dataDirSuffix: "-test" },
	production: { minFreeSpaceMb: 500, dataDirSuffix: "" },
};
