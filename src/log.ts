import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Logger as Pino } from "pino";
import type { LogLevel } from "./log/level.ts";
import { type LogFiles, openLogFiles } from "./log/log-files.ts";
import { maskText, maskValue } from "./log/mask.ts";
import type { LogFields, Logger } from "./logger.ts";
import { currentCorrelation } from "./telemetry/correlation.ts";

export type LogOptions = {
	/** The library; lines go to files in `logs/` below it. */
	dataDir: string;
	level: LogLevel;
	retentionDays: number;
	/** A file that has grown to this size is followed by another. */
	maxSizeMb: number;
	/** Milliseconds since the epoch; a test's clock. */
	nowMs?: () => number;
};

export type Log = Logger & {
	/** In every line of this process: what was done in one run is found by it. */
	readonly run: string;
	/** Lines that could not be written, because the disk was full or the folder not writable. */
	droppedLines(): number;
	close(): void;
};

const levelNumbers = { debug: 20, info: 30, warn: 40, error: 50, silent: 100 } as const;
type WrittenLevel = Exclude<LogLevel, "silent">;

/**
 * The program's log: one JSON object per line, in files that change by day and size. Secrets and
 * e-mail addresses are masked. Nothing reaches stdout or stderr, nothing is created or loaded
 * before the first line, and writing never throws: a line that cannot be written is counted, and
 * the next one that can says how many are missing.
 */
export function openLog(options: LogOptions): Log {
	const { nowMs = Date.now } = options;
	const run = randomBytes(5).toString("hex");
	const lowest = levelNumbers[options.level];
	const files = openLogFiles({
		dir: join(options.dataDir, "logs"),
		maxSizeBytes: options.maxSizeMb * 1_000_000,
		retentionDays: options.retentionDays,
		nowMs,
	});
	let pino: Pino | null = null;
	let dropped = 0;
	let untold = 0;

	const write = (level: WrittenLevel, bound: LogFields, fields: LogFields, message: string) => {
		if (levelNumbers[level] < lowest) return;
		try {
			pino ??= startPino(files, run, nowMs);
			const missing = untold > 0 ? { droppedLines: untold } : {};
			const correlation = currentCorrelation();
			const cause = correlation === null ? {} : { requestId: correlation.requestId };
			const masked = maskValue({ ...cause, ...bound, ...fields, ...missing });
			pino[level](masked as object, maskText(message));
			untold = 0;
		} catch {
			// The one place where an error is not passed on: a log must not stop the work it is about.
			dropped += 1;
			untold += 1;
		}
	};
	const loggerWith = (bound: LogFields): Logger => ({
		debug: (fields, message) => write("debug", bound, fields, message),
		info: (fields, message) => write("info", bound, fields, message),
		warn: (fields, message) => write("warn", bound, fields, message),
		error: (fields, message) => write("error", bound, fields, message),
		child: (fields) => loggerWith({ ...bound, ...fields }),
	});
	const close = () => {
		try {
			files.close();
		} catch {
			// Every line was written by a call of its own; there is nothing left to lose.
		}
	};
	return { ...loggerWith({}), run, droppedLines: () => dropped, close };
}

/** Loaded at the first line: most runs write none, and it takes as long as a small command. */
function startPino(files: LogFiles, run: string, nowMs: () => number): Pino {
	const { pino } = createRequire(import.meta.url)("pino") as typeof import("pino");
	return pino(
		{
			level: "debug",
			base: { pid: process.pid, run },
			messageKey: "message",
			timestamp: () => `,"time":"${new Date(nowMs()).toISOString()}"`,
			formatters: { level: (label) => ({ level: label }) },
		},
		{ write: (line: string) => files.write(line) },
	);
}
