import { randomBytes } from "node:crypto";

/** Ends the name of a file that is still being written; whoever finds one may remove it. */
export const partSuffix = ".part";

/** A name beside `filename` under which it can be written before it counts. */
export function partName(filename: string): string {
	return `.${filename}.${randomBytes(4).toString("hex")}${partSuffix}`;
}

export function isPartName(filename: string): boolean {
	return filename.startsWith(".") && filename.endsWith(partSuffix);
}
