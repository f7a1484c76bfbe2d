import { fstatSync, writeSync } from "node:fs";
import { styleText } from "node:util";
import { type OnwaxError, systemErrorCode } from "../errors.ts";
import { shortened } from "./shortened.ts";
import { safeJson, visibleText } from "./visible.ts";
import { truncate, wrap } from "./width.ts";

export type Style = Parameters<typeof styleText>[0];

/** One of the two streams, and what can be shown on it. */
export type Sheet = {
	readonly isTerminal: boolean;
	/** Columns to lay things out in: never few, generous where nobody looks. */
	readonly width: number;
	/** Columns that there are: what is longer goes on in another line. */
	readonly columns: number;
	/** Colours only where they are wanted (terminal, NO_COLOR, FORCE_COLOR). */
	paint(style: Style, text: string): string;
};

/**
 * All that the command line says. Results go to stdout: text for people, or with `--json` one value
 * per line and nothing else. Everything said about the work goes to stderr.
 */
export type Output = {
	readonly json: boolean;
	readonly out: Sheet;
	readonly err: Sheet;
	/** A line of the result for people; nothing with `--json`. */
	line(text?: string): void;
	/** Text as it is, without a line break of its own; nothing with `--json`. */
	text(text: string): void;
	/** A value of the result; nothing without `--json`. */
	value(value: unknown): void;
	/** A sentence beside the result. */
	note(text: string): void;
	/** What went wrong: words for people, and with `--json` a value on stdout. */
	failure(error: OnwaxError, about?: string): void;
	/** The words alone, where the value is part of another one. */
	refusal(error: OnwaxError, about?: string): void;
	/**
	 * A line at the bottom of a terminal that the next one takes the place of; null removes it.
	 * `painted` is the same line in colours of its own, and has to fit into one column less than there are.
	 */
	progress(text: string | null, painted?: string): void;
	/** True when stdout takes nothing any more: there is no point in producing more. */
	readonly closed: boolean;
	/** Resolves to why the result could not be written; null where it was, or nobody wanted more of it. */
	flush(): Promise<Error | null>;
};

/** `fd` is there on the process's own. */
type Stream = NodeJS.WriteStream & { readonly fd?: number };
type Streams = { stdout: Stream; stderr: Stream };

export function openOutput(json: boolean, streams: Streams = process): Output {
	const { stdout, stderr } = streams;
	const out = sheet(stdout);
	const err = sheet(stderr);
	let closed = false;
	let errClosed = false;
	let shown = "";
	let lost: Error | null = null;
	function onLost(error: Error): void {
		// A reader that has had enough (`onwax list | head -1`) is no mistake of anybody's.
		if (!closed && systemErrorCode(error) !== "EPIPE") lost = error;
		closed = true;
	}
	stdout.on("error", onLost);
	stderr.on("error", () => {
		errClosed = true;
	});

	function write(text: string): void {
		if (closed) return;
		clear();
		// The first of the two to be told counts: the event comes after the callback.
		const fd = fileOf(stdout);
		if (fd === null) stdout.write(text, (error) => error && onLost(error));
		else {
			try {
				writeWhole(fd, text);
			} catch (error) {
				onLost(error instanceof Error ? error : new Error(String(error)));
			}
		}
	}
	function writeErr(text: string): void {
		if (!errClosed) stderr.write(text);
	}
	function clear(): void {
		if (shown !== "") writeErr("\r\u001b[2K");
		shown = "";
	}
	function note(text: string): void {
		clear();
		writeErr(`${text}\n`);
	}

	function refusal(error: OnwaxError, about?: string): void {
		for (const line of errorLines(error, err, about)) note(line);
	}

	return {
		json,
		out,
		err,
		get closed() {
			return closed;
		},
		line: (text = "") => {
			if (!json) write(`${text}\n`);
		},
		text: (text) => {
			if (!json) write(text);
		},
		value: (value) => {
			if (json) write(`${safeJson(value)}\n`);
		},
		note,
		failure(error, about) {
			if (json) write(`${safeJson({ error: errorValue(error) })}\n`);
			refusal(error, about);
		},
		refusal,
		progress(text, painted) {
			if (!err.isTerminal) return;
			if (text === null) return clear();
			const room = err.columns - 1;
			const line = painted ?? (room > 0 ? err.paint("dim", truncate(text, room)) : "");
			if (line === shown) return;
			writeErr(`\r${line}\u001b[K`);
			shown = line;
		},
		async flush() {
			clear();
			const drain = (stream: NodeJS.WriteStream, gone: boolean) =>
				gone ? Promise.resolve() : new Promise<void>((done) => stream.write("", () => done()));
			await Promise.all([drain(stdout, closed), drain(stderr, errClosed)]);
			return lost;
		},
	};
}

export function errorValue({ code, message, hint }: OnwaxError) {
	return { code, message, hint };
}

/** What went wrong, and under it, indented, what can be done. */
function errorLines(error: OnwaxError, err: Sheet, about?: string): string[] {
	const mark = "onwax: ";
	const message = shortened(error);
	const said = visibleText(about ? `${about}: ${message}` : message);
	const [first = "", ...more] = wrap(said, err.width - mark.length);
	const hints = error.hint === null ? [] : wrap(visibleText(error.hint), err.width - mark.length);
	const indent = " ".repeat(mark.length);
	return [
		`${err.paint("red", mark)}${first}`,
		...more.map((line) => `${indent}${line}`),
		...hints.map((line) => `${indent}${err.paint("dim", line)}`),
	];
}

function sheet(stream: NodeJS.WriteStream): Sheet {
	const isTerminal = stream.isTTY === true;
	// A terminal that does not say how wide it is (0) is taken for an ordinary one.
	const columns = () => (isTerminal ? stream.columns || 80 : 100);
	return {
		isTerminal,
		get width() {
			return Math.max(40, columns());
		},
		get columns() {
			return columns();
		},
		paint: (style, text) => (text === "" ? "" : styleText(style, text, { stream })),
	};
}

/** Null for a terminal, a pipe and all else that is no file on a disk. */
function fileOf({ fd }: Stream): number | null {
	try {
		return fd !== undefined && fstatSync(fd).isFile() ? fd : null;
	} catch {
		return null;
	}
}

/** The stream would take a short write, which comes just before a full disk, for the whole one. */
function writeWhole(fd: number, text: string): void {
	const bytes = Buffer.from(text);
	for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}
