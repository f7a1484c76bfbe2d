import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FeedPosition } from "../catalogue/catalogue.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";

const filename = "position.json";

/**
 * Up to where the feed has been made into deliveries. `before` is what is added to its numbers, so
 * that they grow on where the feed of another catalogue begins at one again.
 */
export type TellPosition = FeedPosition & { before: number };

/** Null before the first time, and where it is not readable, which is told. */
export async function readPosition(
	folder: string,
	onUnreadable: () => void,
): Promise<TellPosition | null> {
	try {
		const value: unknown = JSON.parse(await readFile(join(folder, filename), "utf8"));
		const { epoch, number, before = 0 } = value as TellPosition;
		if (typeof epoch === "string" && Number.isSafeInteger(number + before)) {
			return { epoch, number, before };
		}
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return null;
		if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
	}
	onUnreadable();
	return null;
}

/** On disk before this returns. */
export async function writePosition(
	folder: string,
	{ epoch, number, before }: TellPosition,
): Promise<void> {
	await publishFile(join(folder, filename), JSON.stringify({ epoch, number, before }));
}
