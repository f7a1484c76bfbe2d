import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { readAhead } from "../durable/hash-file.ts";

/** SHA-256 over the first so many bytes of a file, to be gone on with. */
export async function hashBeginning(path: string, sizeBytes: number): Promise<Hash> {
	const hash = createHash("sha256");
	const file = await open(path, "r");
	try {
		for await (const chunk of readAhead(file, { start: 0, end: sizeBytes })) hash.update(chunk);
	} finally {
		await file.close();
	}
	return hash;
}
