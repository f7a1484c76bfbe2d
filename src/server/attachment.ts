import type { Metadata } from "../recording.ts";

const longestName = 120;

/**
 * `Content-Disposition` for a file to be saved (RFC 6266): a name that every system can store, in
 * ASCII, and as it is written for those that can read it (RFC 8187).
 */
export function attachment(filename: string): string {
	const ascii = filename
		.normalize("NFKD")
		.replace(/\p{M}/gu, "")
		.replace(/[^\x20-\x7e]/g, "_")
		.replace(/[\\"%]/g, "_");
	const encoded = encodeURIComponent(filename).replace(
		/['()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** What a recording's file is called where people keep it: by its title, else by its name. */
export function downloadName({ title, name }: Metadata, extension: string): string {
	const stem = [
		...(title ?? "")
			.toWellFormed()
			// Nothing that steers a terminal or turns the direction of writing, and no way to elsewhere.
			.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")
			.replace(/[/\\:*?"<>|]/g, "-")
			.replace(/\s+/g, " ")
			.replace(/^[ .]+|[ .]+$/g, ""),
	]
		.slice(0, longestName)
		.join("")
		.replace(/[ .]+$/, "");
	return `${stem === "" ? name : stem}.${extension}`;
}
