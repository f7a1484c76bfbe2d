import type { Sha256 } from "../recording.ts";
import type { ChatTask } from "./chat-tasks.ts";

/** What a model made of a text. It stands beside what was said, never in its place. */
export type ChatResult = {
	/** Null where what was answered could not be used; `refusal` says why. */
	text: string | null;
	refusal: string | null;
	model: string;
	/** The service's address, without secrets. */
	address: string;
	madeAt: string;
	/** Of the text that it was made from: where that is another one by now, this is stale. */
	sourceSha256: Sha256;
	/** Of a cleaned-up text: parts that stand as they were said, and why. */
	leftAsSaid?: LeftAsSaid[];
	/** Where this answer was refused: what was made of the same text before, which still holds. */
	earlier?: EarlierResult;
};

export type LeftAsSaid = { part: number; of: number; reason: string };

export type EarlierResult = {
	text: string;
	model: string;
	address: string;
	madeAt: string;
	leftAsSaid: LeftAsSaid[];
};

/** Why nothing was made at the last try. */
export type ChatError = {
	at: string;
	code: string;
	message: string;
	hint: string | null;
	/** It is not tried again by itself. */
	givenUp: boolean;
};

/** The content of `chat.json`. */
export type ChatFile = {
	format: 1;
	results: Partial<Record<ChatTask, ChatResult>>;
	error: ChatError | null;
};

export const nothingMade: ChatFile = { format: 1, results: {}, error: null };
