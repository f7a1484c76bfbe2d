import {
	closeSync,
	constants,
	fstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	rmSync,
	statSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";

/*
 * The files are `onwax-2026-11-20.log`, then `onwax-2026-11-20.1.log` when the first is full.
 * Nothing is ever renamed: several processes append to the same file, and none takes it from
 * under another. Days are UTC and stand in the name, so that a copied folder keeps its ages.
 */
const logFilename = /^onwax-(\d{4}-\d{2}-\d{2})(?:\.(\d{1,6}))?\.log$/;

export type LogFilesOptions = {
	dir: string;
	maxSizeBytes: number;
	retentionDays: number;
	/** Milliseconds since the epoch; a test's clock. */
	nowMs?: () => number;
};

export type LogFiles = {
	/** Appends one line, ended by a newline. @throws the system error, when it could not be written whole */
	write(line: string): void;
	close(): void;
};

const dayMs = 86_400_000;

/** Creates nothing before the first line is written. */
export function openLogFiles(options: LogFilesOptions): LogFiles {
	const { dir, maxSizeBytes, retentionDays, nowMs = Date.now } = options;
	let open: { fd: number; day: string; sizeBytes: number } | null = null;
	/** A line was cut short: the next one must not be glued to it. */
	let isTorn = false;

	const close = () => {
		if (open) closeSync(open.fd);
		open = null;
	};

	const openFor = (day: string) => {
		close();
		mkdirSync(dir, { recursive: true, mode: 0o700 });
		removeOld(dir, nowMs() - retentionDays * dayMs);
		const { O_APPEND, O_CREAT, O_WRONLY } = constants;
		const path = join(dir, filenameWithRoom(dir, day, maxSizeBytes));
		const fd = openSync(path, O_APPEND | O_CREAT | O_WRONLY | (constants.O_NOFOLLOW ?? 0), 0o600);
		open = { fd, day, sizeBytes: fstatSync(fd).size };
		return open;
	};

	return {
		write(line) {
			const day = new Date(nowMs()).toISOString().slice(0, 10);
			const isUsable = open !== null && open.day === day && open.sizeBytes < maxSizeBytes;
			const file = open !== null && isUsable ? open : openFor(day);
			const bytes = Buffer.from(isTorn ? `\n${line}` : line, "utf8");
			// One call for the whole line: with O_APPEND the lines of several processes do not mix.
			const writtenBytes = writeSync(file.fd, bytes);
			file.sizeBytes += writtenBytes;
			if (writtenBytes > 0) isTorn = writtenBytes < bytes.length;
			if (isTorn) throw new Error("the line was cut short");
		},
		close,
	};
}

/** The newest file of the day that is not full, else the next one. */
function filenameWithRoom(dir: string, day: string, maxSizeBytes: number): string {
	let newest = 0;
	for (const name of readdirSync(dir)) {
		const [, ofDay, number] = logFilename.exec(name) ?? [];
		if (ofDay === day) newest = Math.max(newest, Number(number ?? 0));
	}
	const filename = (number: number) => `onwax-${day}${number === 0 ? "" : `.${number}`}.log`;
	const size = statSync(join(dir, filename(newest)), { throwIfNoEntry: false })?.size ?? 0;
	return filename(size < maxSizeBytes ? newest : newest + 1);
}

/** Removes the files of days before `oldestMs`; other files in the folder are nobody's business here. */
function removeOld(dir: string, oldestMs: number): void {
	for (const name of readdirSync(dir)) {
		const day = logFilename.exec(name)?.[1];
		if (day === undefined || Date.parse(day) + dayMs > oldestMs) continue;
		try {
			rmSync(join(dir, name), { force: true });
		} catch {
			// Somebody else's file: too old a log is no reason to write no new one.
		}
	}
}
