import { basename, extname } from "node:path";
import { extensionOf } from "../import/find-files.ts";
import { type ImportLimits, requireFormat } from "../import/limits.ts";
import { sniffExtension } from "../import/sniff.ts";
import type { UploadAbout } from "../uploads/upload-file.ts";

/*
 * What senders say about their audio. Audio is not refused for a strange name or title: what cannot be
 * kept of them is left out.
 */

const longestFilename = 200;
const longestTitle = 300;

/** Characters that are not seen, or that make others be seen in another order. */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu;

/** The name alone, of a path of any system; null where nothing is left of it. */
export function cleanFilename(given: string): string | null {
	const last = basename(given.normalize("NFC").replaceAll("\\", "/"));
	const name = last.toWellFormed().replace(unseen, "").replace(/\s+/g, " ").trim();
	if (/^\.*$/.test(name)) return null;
	const letters = [...name];
	if (letters.length <= longestFilename) return name;
	const extension = [...extname(name)].slice(0, 20);
	return [...letters.slice(0, longestFilename - extension.length), ...extension].join("");
}

/** One line of plain text; null where nothing is left of it. */
export function cleanUploadedTitle(given: string): string | null {
	const plain = given.normalize("NFC").toWellFormed().replace(/\s+/g, " ").replace(unseen, "");
	return plain.trim().slice(0, longestTitle).toWellFormed() || null;
}

/** When it was recorded, as far as that can be believed. */
export function cleanRecordedAt(given: string, now = Date.now()): string | null {
	const at = Date.parse(given);
	const isLikely = at > Date.UTC(1990, 0) && at <= now + 24 * 3600 * 1000;
	return isLikely ? new Date(at).toISOString() : null;
}

/**
 * The extension (with dot) under which the audio is kept: of its name where that is one of audio,
 * else by its first bytes, as an import does.
 *
 * @throws ERR_FORMAT_UNKNOWN where neither says that it is audio, and the sender has it still
 */
export function extensionOfUpload(
	about: UploadAbout,
	head: Uint8Array,
	limits: ImportLimits,
): string {
	const named = extensionOf(about.originalFilename ?? "");
	if (/^[a-z0-9]{1,10}$/.test(named) && limits.formats.includes(named)) return `.${named}`;
	const sniffed = sniffExtension(head);
	if (sniffed !== ".audio" || about.existsOnlyHere || about.isAnyFormat) return sniffed;
	requireFormat(about.originalFilename ?? "What was sent", named, { ...limits });
	return sniffed;
}
