import { OnwaxError } from "../errors.ts";

const longestTitle = 300;
const longestDescription = 10_000;
const longestTag = 100;

/*
 * What people type about a recording is checked here, at the door (D4.3). Titles are one line;
 * tags are compared without case and are stored as they are compared.
 */

/** @returns the title as it is stored; null where nothing is left of it */
export function cleanTitle(text: string): string | null {
	const title = text.normalize("NFC").replace(/\s+/g, " ").trim();
	checkCharacters("title", title);
	checkLength("title", title, longestTitle);
	return title === "" ? null : title;
}

/** @returns the description as it is stored; null where nothing is left of it */
export function cleanDescription(text: string): string | null {
	const description = text.normalize("NFC").replaceAll("\r\n", "\n").trim();
	checkCharacters("description", description.replace(/[\n\t]/g, " "));
	checkLength("description", description, longestDescription);
	return description === "" ? null : description;
}

/** `#Work ` → `work`. @throws ERR_USAGE for a tag that is empty or has a comma in it */
export function cleanTag(text: string): string {
	const tag = text.normalize("NFC").trim().replace(/^#/, "").replace(/\s+/g, " ").toLowerCase();
	checkCharacters("tag", tag);
	checkLength("tag", tag, longestTag);
	if (tag === "" || tag.includes(",")) {
		throw new OnwaxError("ERR_USAGE", `${JSON.stringify(text)} cannot be a tag.`, {
			hint: "A tag is a word or a few, without a comma.",
		});
	}
	return tag;
}

function checkCharacters(what: string, text: string): void {
	if (text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text)) return;
	throw new OnwaxError("ERR_USAGE", `The ${what} holds a control character.`, {
		hint: "Use plain text.",
	});
}

function checkLength(what: string, text: string, longest: number): void {
	if (text.length <= longest) return;
	throw new OnwaxError("ERR_USAGE", `The ${what} is longer than ${longest} characters.`, {
		hint: "Say it in fewer words.",
	});
}
