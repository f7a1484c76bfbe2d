import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareFile } from "../durable/prepared-file.ts";
import { systemErrorCode } from "../errors.ts";
import type { FileFacts, Sha256 } from "../recording.ts";
import { type ChatFile, nothingMade } from "./chat-result.ts";
import { parseChatFile } from "./parse-chat-file.ts";

export const chatFilename = "chat.json";

/** What is there; what cannot be read of the file counts as nothing, for it can be made again. */
export async function readChatFile(folder: string): Promise<ChatFile> {
	let value: unknown;
	try {
		value = JSON.parse(await readFile(join(folder, chatFilename), "utf8"));
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return nothingMade;
		throw error;
	}
	return parseChatFile(value);
}

/** Prepares it; it counts when metadata.json lists it. */
export async function prepareChatFile(folder: string, file: ChatFile): Promise<FileFacts> {
	return prepareFile(folder, chatFilename, `${JSON.stringify(file, null, 1)}\n`);
}

export function sha256OfText(text: string): Sha256 {
	return createHash("sha256").update(text, "utf8").digest("hex");
}
