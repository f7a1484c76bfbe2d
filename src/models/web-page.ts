import { open } from "node:fs/promises";

/** Whether a file begins like HTML: what a server sends that has something else to say. */
export async function isWebPage(path: string): Promise<boolean> {
	const handle = await open(path, "r");
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
		return /^(\xef\xbb\xbf)?\s*(<!--|<!doctype html|<html[\s>]|<head[\s>])/i.test(
			buffer.toString("latin1", 0, bytesRead),
		);
	} finally {
		await handle.close();
	}
}
