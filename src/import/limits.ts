import { OnwaxError } from "../errors.ts";

/** What is let in (D4.3). */
export type ImportLimits = { maxBytes: number; formats: readonly string[] };

export function requireFormat(shown: string, extension: string, limits: ImportLimits): void {
	if (limits.formats.includes(extension)) return;
	const what = extension === "" ? "has no extension" : `is a .${extension.slice(0, 20)} file`;
	throw new OnwaxError("ERR_FORMAT_UNKNOWN", `${shown} ${what}, which is not imported as audio.`, {
		hint: `Known formats: ${limits.formats.join(", ")}. Add one with \`onwax config set import.formats\`.`,
	});
}

export function requireSize(shown: string, sizeBytes: number, limits: ImportLimits): void {
	if (sizeBytes === 0) {
		throw new OnwaxError("ERR_EMPTY", `${shown} is empty: there is nothing to keep.`, {
			hint: "If it is still being copied, import it again when that is done.",
		});
	}
	if (sizeBytes > limits.maxBytes) {
		throw tooLarge(shown, limits);
	}
}

export function tooLarge(shown: string, limits: ImportLimits): OnwaxError {
	const limitMb = Math.floor(limits.maxBytes / 1e6);
	return new OnwaxError("ERR_TOO_LARGE", `${shown} is larger than the limit of ${limitMb} MB.`, {
		hint: "Raise it with `onwax config set import.maxSizeMb 2000`.",
	});
}
