import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FeedPosition } from "../catalogue/catalogue.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";

const filename = "position.json";

/** Up to where the feed has been made into deliveries; null before the first time, and where it is not readable. */
export async function readPosition(folder: string): Promise<FeedPosition | null> {
	try {
		const value: unknown = JSON.parse(await readFile(join(folder, filename), "utf8"));
		const { epoch, number } = value as FeedPosition;
		return typeof epoch === "string" && Number.isSafeInteger(number) ? { epoch, number } : null;
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof TypeError) return null;
		if (systemErrorCode(error) === "ENOENT") return null;
		throw error;
	}
}

/** On disk before this returns. */
export async function writePosition(
	folder: string,
	{ epoch, number }: FeedPosition,
): Promise<void> {
	await publishFile(join(folder, filename), JSON.stringify({ epoch, number }));
}
