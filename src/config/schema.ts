import { createRequire } from "node:module";
import type * as zod from "zod";
import { chatTasks } from "../chat/chat-tasks.ts";
import { logLevels } from "../log/level.ts";
import { defaultSettings, profiles, retentionPresets, webhookEvents } from "./defaults.ts";

/*
 * The one description of what may be set. It is loaded only when there is something to check:
 * zod takes as long to load as everything else that `onwax list` does. Every `error` completes the
 * sentence "… is VALUE; expected …".
 */

// Its CommonJS build takes a third of the memory of its ES modules, and is what metadata is read with.
const { z } = createRequire(import.meta.url)("zod") as typeof zod;

// One configuration is parsed per start: compiling a parser for it first would take longer.
z.config({ jitless: true });

const d = defaultSettings;

function wholeNumber(from: number, to: number) {
	const error = `a whole number from ${from} to ${to}`;
	return z.int({ error }).min(from, { error }).max(to, { error });
}

function amount(from: number, to: number, unit: string) {
	const error = `a number of ${unit} from ${from} to ${to}`;
	return z.number({ error }).min(from, { error }).max(to, { error });
}

function oneOf<const T extends readonly string[]>(values: T) {
	return z.enum(values, { error: `one of ${values.join(", ")}` });
}

function text(what: string, pattern: RegExp) {
	return z.string({ error: what }).regex(pattern, { error: what });
}

function list<T extends zod.z.ZodType>(what: string, item: T) {
	return z.array(item, { error: what }).min(1, { error: what });
}

/** The environment's text for a setting that is null by default does not say that it is a number. */
function optionalSeconds(from: number, to: number) {
	const orNull = amount(from, to, "seconds").nullable();
	return z.preprocess((value) => {
		const isNumber = typeof value === "string" && /^\s*\d+(\.\d+)?\s*$/.test(value);
		return isNumber ? Number(value) : value;
	}, orNull);
}

const yesOrNo = z.boolean({ error: "true or false" });
const anyText = text("a text that is not empty", /\S/);
const variableName = text(
	"the name of an environment variable, such as OPENAI_API_KEY",
	/^[A-Za-z_][A-Za-z0-9_]*$/,
);
const timeoutSeconds = amount(1, 86_400, "seconds").optional();

const languageTag = text(
	"a language tag such as en or pt-BR",
	/^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$/,
);

const commonEngine = {
	windowSeconds: z
		.union([z.literal(0), amount(5, 86_400, "seconds")], {
			error: "a number of seconds from 5 to 86400, or 0 for no windows",
		})
		.optional(),
	concurrency: wholeNumber(1, 64).optional(),
	when: z
		.strictObject(
			{
				online: yesOrNo.optional(),
				minSeconds: amount(0, 31_536_000, "seconds").optional(),
				maxSeconds: amount(0, 31_536_000, "seconds").optional(),
				languages: list('a list of language tags such as ["en"]', languageTag).optional(),
			},
			{ error: "an object with online, minSeconds, maxSeconds or languages" },
		)
		.optional(),
};

const commandEngine = z.strictObject({
	type: z.literal("command"),
	...commonEngine,
	command: list('a list of texts: ["program", "argument", "{audio}"]', anyText).refine(
		(words) => words.some((word) => typeof word === "string" && word.includes("{audio}")),
		{ error: "a command with {audio} in one of its arguments, where the file's path goes" },
	),
	input: z
		.strictObject(
			{
				sampleRate: wholeNumber(4000, 384_000).optional(),
				channels: wholeNumber(1, 32).optional(),
				container: oneOf(["wav", "any"]).optional(),
			},
			{ error: 'an object such as { "sampleRate": 16000, "channels": 1 }' },
		)
		.optional(),
	output: oneOf(["text", "json", "auto"]).optional(),
	timeoutSeconds,
	model: anyText.optional(),
	env: z.array(variableName, { error: "a list of names of environment variables" }).optional(),
});

const httpAddress = "an http or https address without a user name, password or query in it";
const openaiEngine = z.strictObject({
	type: z.literal("openai"),
	...commonEngine,
	baseUrl: z
		.string({ error: httpAddress })
		.refine(isPlainHttpUrl, { error: httpAddress })
		.optional(),
	model: anyText.optional(),
	apiKeyEnv: variableName.optional(),
	timeoutSeconds,
	maxUploadMb: amount(0.1, 10_000, "MiB").optional(),
	prompt: z.string({ error: "a text" }).optional(),
});

const sherpaEngine = z.strictObject({
	type: z.literal("sherpa"),
	...commonEngine,
	model: anyText,
	threads: wholeNumber(1, 256).optional(),
	timeoutSeconds,
});

/** Secrets stay out of addresses: those end up in logs and errors. */
function isPlainHttpUrl(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const url = new URL(address);
	const isHttp = url.protocol === "http:" || url.protocol === "https:";
	return isHttp && !url.username && !url.password && !url.search && !url.hash;
}

/** A webhook's address may have a query: many services tell their customers apart by it. */
function isHttpUrlWithoutLogin(address: string): boolean {
	if (!URL.canParse(address)) return false;
	const url = new URL(address);
	return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.hash;
}

export const engineTypes = ["command", "openai", "sherpa"] as const;

const engine = z.discriminatedUnion("type", [commandEngine, openaiEngine, sherpaEngine], {
	error: `an engine's declaration with a type: ${engineTypes.join(" or ")}`,
});

const engineName = text("an engine's name of letters, digits, - and _", /^[A-Za-z0-9][\w-]{0,63}$/);

const days = amount(0, 36_500, "days").optional();
const retention = z.union(
	[
		oneOf(retentionPresets),
		z.strictObject({
			successDays: days,
			failedDays: days,
			trashDays: days,
			hours: amount(0, 876_000, "hours").optional(),
		}),
	],
	{
		error: `${retentionPresets.join(", ")}, or an object with successDays, failedDays, trashDays or hours`,
	},
);

const extension = text("a file extension such as wav", /^\.?[A-Za-z0-9]{1,10}$/).transform((name) =>
	name.replace(".", "").toLowerCase(),
);

export const settingsSchema = z.strictObject(
	{
		profile: oneOf(profiles).default(d.profile),
		// biome-ignore lint/suspicious/noControlCharactersInRegex: a path cannot hold NUL
		dataDir: text("a folder's path", /^[^\u0000]+$/)
			.nullable()
			.default(d.dataDir),
		engine: z
			.union([anyText, list("a list of names of engines", anyText)], {
				error: "the name of an engine, or a list of such names",
			})
			.nullable()
			.default(d.engine),
		engines: z
			.record(engineName, engine, { error: "an object of engines by name" })
			.default(d.engines),
		language: languageTag.nullable().default(d.language),
		vocabulary: z
			.array(anyText, { error: 'a list of words such as ["Kubernetes", "Zoë"]' })
			.max(1000, { error: "a list of at most 1000 words" })
			.default(d.vocabulary),
		coverage: section({
			enabled: yesOrNo.default(d.coverage.enabled),
			askAgain: yesOrNo.default(d.coverage.askAgain),
		}),
		speakers: section({
			enabled: yesOrNo.default(d.speakers.enabled),
			count: wholeNumber(1, 100).nullable().default(d.speakers.count),
		}),
		chat: section({
			enabled: yesOrNo.default(d.chat.enabled),
			baseUrl: z
				.string({ error: httpAddress })
				.refine(isPlainHttpUrl, { error: httpAddress })
				.default(d.chat.baseUrl),
			model: anyText.nullable().default(d.chat.model),
			apiKeyEnv: variableName.default(d.chat.apiKeyEnv),
			tasks: list(`a list of ${chatTasks.join(", ")}`, oneOf(chatTasks)).default(d.chat.tasks),
			timeoutSeconds: amount(1, 86_400, "seconds").default(d.chat.timeoutSeconds),
		}),
		model: section({
			mirror: z
				.string({ error: httpAddress })
				.refine(isPlainHttpUrl, { error: httpAddress })
				.nullable()
				.default(d.model.mirror),
		}),
		retry: section({
			maxAttempts: wholeNumber(1, 100).default(d.retry.maxAttempts),
			delaysSeconds: list(
				"a list of seconds such as [1, 2, 4]",
				amount(0, 86_400, "seconds"),
			).default(d.retry.delaysSeconds),
			maxDelaySeconds: amount(0, 86_400, "seconds").default(d.retry.maxDelaySeconds),
		}),
		breaker: section({
			failures: wholeNumber(1, 1000).default(d.breaker.failures),
			cooldownSeconds: amount(0, 86_400, "seconds").default(d.breaker.cooldownSeconds),
		}),
		minFreeSpaceMb: amount(0, 100_000_000, "MB").default(d.minFreeSpaceMb),
		compress: oneOf(["flac", "opus", "none"]).default(d.compress),
		peaks: yesOrNo.default(d.peaks),
		retention: retention.default(d.retention),
		keepSuccess: yesOrNo.default(d.keepSuccess),
		autoCleanup: yesOrNo.default(d.autoCleanup),
		autoRetry: yesOrNo.default(d.autoRetry),
		import: section({
			maxSizeMb: amount(0.001, 100_000_000, "MB").default(d.import.maxSizeMb),
			formats: list('a list of file extensions such as ["wav", "mp3"]', extension).default(
				d.import.formats,
			),
			stableSeconds: amount(0, 3600, "seconds").default(d.import.stableSeconds),
			concurrency: wholeNumber(1, 64).default(d.import.concurrency),
		}),
		record: section({
			device: anyText.nullable().default(d.record.device),
			sampleRate: wholeNumber(8000, 192_000).default(d.record.sampleRate),
			channels: wholeNumber(1, 2).default(d.record.channels),
			stopAfterSilenceSeconds: optionalSeconds(0.5, 86_400).default(
				d.record.stopAfterSilenceSeconds,
			),
			maxSeconds: optionalSeconds(0.1, 31_536_000).default(d.record.maxSeconds),
			preRollSeconds: amount(0, 60, "seconds").default(d.record.preRollSeconds),
			notify: yesOrNo.default(d.record.notify),
			copy: yesOrNo.default(d.record.copy),
			microphone: z
				.strictObject(
					{ command: list('a list of texts: ["program", "argument"]', anyText) },
					{ error: 'an object such as { "command": ["arecord", "-t", "raw"] }, or null' },
				)
				.nullable()
				.default(d.record.microphone),
			segmentMb: amount(1, 2048, "MiB").default(d.record.segmentMb),
		}),
		media: section({
			timeoutSeconds: amount(1, 86_400, "seconds").default(d.media.timeoutSeconds),
			memoryLimitMb: amount(64, 1_000_000, "MB").default(d.media.memoryLimitMb),
		}),
		lexicon: section({
			enabled: yesOrNo.default(d.lexicon.enabled),
			regexTimeLimitMs: wholeNumber(1, 60_000).default(d.lexicon.regexTimeLimitMs),
		}),
		log: section({
			level: oneOf(logLevels).default(d.log.level),
			retentionDays: amount(1, 36_500, "days").default(d.log.retentionDays),
			maxSizeMb: amount(0.01, 100_000, "MB").default(d.log.maxSizeMb),
		}),
		worker: section({
			concurrency: wholeNumber(1, 64).default(d.worker.concurrency),
			leaseSeconds: amount(1, 86_400, "seconds").default(d.worker.leaseSeconds),
			maxDeliveries: wholeNumber(1, 1000).default(d.worker.maxDeliveries),
		}),
		server: section({
			host: text("an IP address or a host's name", /^[A-Za-z0-9.:_-]{1,253}$/).default(
				d.server.host,
			),
			port: wholeNumber(0, 65_535).default(d.server.port),
			allowedHosts: z
				.array(text("a host's name such as notes.example.org", /^[A-Za-z0-9.:_[\]-]{1,260}$/), {
					error: 'a list of hosts such as ["notes.example.org"]',
				})
				.default(d.server.allowedHosts),
			corsOrigins: z
				.array(text("an origin such as https://notes.example.org", /^https?:\/\/[^/\s*]+$/), {
					error: 'a list of origins such as ["https://notes.example.org"]',
				})
				.default(d.server.corsOrigins),
			trustedProxies: z
				.array(anyText, { error: 'a list of addresses such as ["10.0.0.1"]' })
				.default(d.server.trustedProxies),
			worker: yesOrNo.default(d.server.worker),
			uploadExpiryHours: amount(0.01, 87_600, "hours").default(d.server.uploadExpiryHours),
			requestsPerMinute: wholeNumber(1, 10_000_000).default(d.server.requestsPerMinute),
			sessionDays: amount(0.001, 3650, "days").default(d.server.sessionDays),
		}),
		webhooks: z
			.array(
				z.strictObject({
					url: z
						.string({ error: httpAddress })
						.refine(isHttpUrlWithoutLogin, { error: httpAddress }),
					secretEnv: variableName,
					events: list(`a list of ${webhookEvents.join(", ")}`, oneOf(webhookEvents)).optional(),
					allowPrivate: yesOrNo.optional(),
				}),
				{ error: 'a list of objects such as { "url": "https://…", "secretEnv": "HOOK_SECRET" }' },
			)
			.default(d.webhooks),
		telemetry: section({
			otlpUrl: z
				.string({ error: httpAddress })
				.refine(isPlainHttpUrl, { error: httpAddress })
				.nullable()
				.default(d.telemetry.otlpUrl),
		}),
		slowQueryMs: amount(0, 3_600_000, "milliseconds").default(d.slowQueryMs),
	},
	{ error: "an object of settings" },
);

function section<T extends zod.z.core.$ZodLooseShape>(shape: T) {
	const known = Object.keys(shape).join(", ");
	return z.strictObject(shape, { error: `an object with ${known}` }).prefault({} as never);
}
