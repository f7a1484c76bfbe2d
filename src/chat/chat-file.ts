import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareFile } from "../durable/prepared-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { FileFacts, Sha256 } from "../recording.ts";
import type { ChatTask } from "./chat-tasks.ts";

export const chatFilename = "chat.json";

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
	leftAsSaid?: { part: number; of: number; reason: string }[];
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

/** What is there; an unreadable file counts as nothing, for it can be made again. */
export async function readChatFile(folder: string): Promise<ChatFile> {
	try {
		const value = JSON.parse(await readFile(join(folder, chatFilename), "utf8"));
		const { format, results, error } = (value ?? {}) as Partial<ChatFile>;
		if (format !== 1 || typeof results !== "object" || results === null) return nothingMade;
		return { format, results, error: error ?? null };
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return nothingMade;
		throw error;
	}
}

/** Prepares it; it counts when metadata.json lists it. */
export async function prepareChatFile(folder: string, file: ChatFile): Promise<FileFacts> {
	return prepareFile(folder, chatFilename, `${JSON.stringify(file, null, 1)}\n`);
}

export function sha256OfText(text: string): Sha256 {
	return createHash("sha256").update(text, "utf8").digest("hex");
}
