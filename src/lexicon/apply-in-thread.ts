import { Worker } from "node:worker_threads";
import { OnwaxError } from "../errors.ts";
import { errorFromMessage } from "../processes/error-message.ts";
import { siblingUrl } from "../processes/sibling-url.ts";
import type { EngineOutput } from "../transcript.ts";
import { type AppliedLexicons, applyInOrder } from "./apply-in-order.ts";
import type { ApplyLexiconOptions } from "./apply-lexicon.ts";
import type { Lexicon } from "./lexicon.ts";
import type { LexiconReply, LexiconRequest } from "./lexicon-thread.ts";

type Waiting = {
	onLexicon: (name: string) => void;
	resolve: (applied: AppliedLexicons) => void;
	reject: (error: OnwaxError) => void;
};

/** A thread that nobody asked anything for so long is ended. */
const idleMs = 60_000;

let thread: Worker | null = null;
let idle: NodeJS.Timeout | null = null;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/**
 * `applyInOrder`, with the same result; where there are regular expressions, in another thread: one
 * that takes all the time it has must not keep a service from answering, or a job from its lease.
 *
 * @param onLexicon told which one failed, before what is thrown
 * @throws ERR_LEXICON
 */
export async function applyInThread(
	lexicons: readonly Lexicon[],
	output: Pick<EngineOutput, "text" | "segments">,
	options: ApplyLexiconOptions,
	onLexicon: (name: string) => void = () => {},
): Promise<AppliedLexicons> {
	const isQuick = !lexicons.some(({ rules }) => rules.some(({ kind }) => kind === "regex"));
	if (isQuick) return applyInOrder(lexicons, output, options, onLexicon);
	const id = ++lastId;
	const { text, segments } = output;
	return new Promise((resolve, reject) => {
		const asked = thread ?? begin();
		const request: LexiconRequest = { id, lexicons, output: { text, segments }, options };
		asked.postMessage(request);
		waiting.set(id, { onLexicon, resolve, reject });
		if (idle !== null) clearTimeout(idle);
		idle = null;
		// While somebody waits for it the program stays.
		asked.ref();
	});
}

function begin(): Worker {
	const begun = new Worker(siblingUrl("lexicon-thread", import.meta.url));
	begun.on("message", (reply: LexiconReply) => {
		const asked = waiting.get(reply.id);
		waiting.delete(reply.id);
		if (waiting.size === 0) rest(begun);
		if ("applied" in reply) return asked?.resolve(reply.applied);
		if (reply.lexicon !== null) asked?.onLexicon(reply.lexicon);
		asked?.reject(errorFromMessage(reply.error));
	});
	let reason = "it ended";
	begun.on("error", (error) => {
		reason = error instanceof Error ? error.message : String(error);
	});
	begun.on("exit", () => {
		if (thread !== begun) return;
		thread = null;
		for (const { reject } of waiting.values()) {
			const message = `The thread that applies lexicons failed: ${reason}.`;
			const hint = "A regular expression that matches nearly everything needs much memory.";
			reject(new OnwaxError("ERR_LEXICON", message, { hint }));
		}
		waiting.clear();
	});
	thread = begun;
	return begun;
}

/** Nobody waits: it keeps no program alive, and goes after a while. */
function rest(resting: Worker): void {
	resting.unref();
	idle = setTimeout(() => {
		thread = null;
		void resting.terminate();
	}, idleMs);
	idle.unref();
}
