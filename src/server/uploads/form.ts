import type { Readable } from "node:stream";
import multipart, { type MultipartFile } from "@fastify/multipart";
import { OnwaxError } from "../../errors.ts";
import type { Server } from "../context.ts";

/**
 * Lets these routes read forms. How large a file may be is the store's business, which refuses it: a
 * limit of the parser's own (without one it takes Fastify's, for texts) would end a file early.
 */
export async function takeForms(scope: Server, most: { files: number; fields: number }) {
	await scope.register(multipart, {
		limits: { ...most, fieldSize: 20_000, headerPairs: 50, fileSize: Number.POSITIVE_INFINITY },
		throwFileSizeLimit: true,
	});
}

/**
 * The file of a part. Where the parser ends it at a limit after all, it fails: the parser itself would
 * let it end as if all of it had come.
 */
export function fileOf({ file }: Pick<MultipartFile, "file">): Readable {
	const fail = () => {
		file.destroy(new OnwaxError("ERR_TOO_LARGE", "A file of the form is larger than is taken."));
	};
	// The parser may be ahead of who reads.
	if (file.truncated) fail();
	else file.once("limit", fail);
	return file;
}
