import { parentPort } from "node:worker_threads";
import { errorToMessage } from "../processes/error-message.ts";
import type { ErrorMessage } from "../processes/messages.ts";
import type { EngineOutput } from "../transcript.ts";
import { type AppliedLexicons, applyInOrder } from "./apply-in-order.ts";
import type { ApplyLexiconOptions } from "./apply-lexicon.ts";
import type { Lexicon } from "./lexicon.ts";

/** The thread's side of `applyInThread`: one text after the other. */
export type LexiconRequest = {
	id: number;
	lexicons: readonly Lexicon[];
	output: Pick<EngineOutput, "text" | "segments">;
	options: ApplyLexiconOptions;
};

export type LexiconReply =
	| { id: number; applied: AppliedLexicons }
	| { id: number; error: ErrorMessage; lexicon: string | null };

parentPort?.on("message", ({ id, lexicons, output, options }: LexiconRequest) => {
	let lexicon: string | null = null;
	try {
		const applied = applyInOrder(lexicons, output, options, (name) => {
			lexicon = name;
		});
		parentPort?.postMessage({ id, applied } satisfies LexiconReply);
	} catch (error) {
		const reply: LexiconReply = { id, error: errorToMessage(error), lexicon };
		parentPort?.postMessage(reply);
	}
});
