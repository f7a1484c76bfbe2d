import { readFileSync } from "node:fs";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import { jsonErrorOffset, positionOf } from "./json-position.ts";

/** The file's text without a byte order mark, or null where there is no file. Synchronous: it is read at every start. */
export function readConfigText(path: string): string | null {
	try {
		return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT" || code === "ENOTDIR") return null;
		const reason = toOnwaxError(error);
		throw new OnwaxError("ERR_CONFIG", `${path} cannot be read: ${reason.message}`, {
			hint: reason.hint ?? "It has to be a file that you may read.",
			cause: error,
		});
	}
}

/** @throws ERR_CONFIG with line and column where the text is not JSON */
export function parseConfigText(path: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (error) {
		const { line, column } = positionOf(text, jsonErrorOffset(text) ?? text.length);
		throw new OnwaxError(
			"ERR_CONFIG",
			`${path} is not JSON: line ${line}, column ${column}.`,
			// The parser's own message quotes the text, which may hold a secret: it is left out.
			{
				hint: `Look at line ${line}: a comma, a quote or a bracket is missing or too many.`,
				cause: syntaxKind(error),
			},
		);
	}
}

function syntaxKind(error: unknown): string {
	return error instanceof Error ? error.name : "SyntaxError";
}
