import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { OnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";
import { usage } from "./parse.ts";

const mostBytes = 4096;

/**
 * A secret that is not shown: typed on the terminal (twice, so that a slip is found), or the first
 * line of standard input. It never comes as an argument: those are seen by everybody on the machine.
 */
export async function readSecret(cli: Cli, what: string): Promise<string> {
	if (!process.stdin.isTTY) return await firstLine();
	const first = await ask(cli, `${what}: `);
	if (first !== (await ask(cli, `${what}, once more: `))) {
		throw usage("Those were two different ones.", "Nothing has changed; try again.");
	}
	return first;
}

async function ask(cli: Cli, question: string): Promise<string> {
	process.stderr.write(question);
	const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
	const asking = createInterface({ input: process.stdin, output: unseen, terminal: true });
	const stop = new AbortController();
	// In raw mode Ctrl-C is a key, and no signal.
	asking.once("SIGINT", () => stop.abort());
	asking.once("close", () => stop.abort());
	try {
		return await asking.question("", { signal: AbortSignal.any([stop.signal, cli.signal]) });
	} catch {
		throw new OnwaxError("ERR_INTERRUPTED", "Interrupted.");
	} finally {
		asking.close();
		process.stderr.write("\n");
	}
}

async function firstLine(): Promise<string> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		bytes += chunk.length;
		if (bytes > mostBytes) throw usage("That is too long to be a password.");
	}
	const [line = ""] = Buffer.concat(chunks).toString("utf8").split(/\r?\n/, 1);
	return line;
}
