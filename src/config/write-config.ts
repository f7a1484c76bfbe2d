import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { toOnwaxError } from "../errors.ts";

/** Replaces the file, in the indentation that it has; what a link points at is replaced, not the link. */
export async function writeConfig(path: string, settings: object, oldText: string | null) {
	const indent = /^([ \t]+)"/m.exec(oldText ?? "")?.[1] ?? "  ";
	try {
		const target = await realpath(path).catch(() => path);
		await makeFolder(dirname(target));
		await publishFile(target, `${JSON.stringify(settings, null, indent)}\n`, { mode: 0o600 });
	} catch (error) {
		throw toOnwaxError(error, "ERR_IO");
	}
}
