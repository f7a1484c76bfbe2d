import { dirname } from "node:path";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";

/**
 * Writes a file for the user, whole or not at all, readable as their other files are.
 *
 * @throws ERR_CONFLICT where there is one already, unless `force`
 */
export async function saveOutput(
	path: string,
	text: string,
	{ force }: { force: boolean },
): Promise<void> {
	if (!force && (await exists(path))) {
		throw new OnwaxError("ERR_CONFLICT", `${path} is there already.`, {
			hint: "Choose another name, or replace it with --force.",
		});
	}
	try {
		await makeFolder(dirname(path));
		await publishFile(path, text, { mode: 0o666 & ~process.umask() });
	} catch (error) {
		throw toOnwaxError(error, "ERR_IO");
	}
}
