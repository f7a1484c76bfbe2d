import { request } from "../api/client.ts";

export const exportFormats = ["txt", "md", "json", "srt", "vtt"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const between: Partial<Record<ExportFormat, string>> = { txt: "\n\n\n", md: "\n\n---\n\n" };

/**
 * One file for all of them where the format can be joined; subtitles belong to one recording each, and
 * are one file each.
 *
 * @throws ApiError
 */
export async function exportMany(names: readonly string[], format: ExportFormat): Promise<void> {
	const texts: { name: string; text: string }[] = [];
	for (const name of names) {
		const path = `/api/v1/recordings/${encodeURIComponent(name)}/export?format=${format}`;
		texts.push({ name, text: await (await request(path)).text() });
	}
	const [only] = texts;
	const joint = between[format];
	if (only !== undefined && texts.length === 1) save(`${only.name}.${format}`, only.text);
	else if (format === "json") {
		const values = texts.map(({ text }) => JSON.parse(text) as unknown);
		save("onwax.json", `${JSON.stringify(values, null, "\t")}\n`);
	} else if (joint !== undefined) {
		save(`onwax.${format}`, `${texts.map(({ text }) => text.trimEnd()).join(joint)}\n`);
	} else {
		for (const { name, text } of texts) save(`${name}.${format}`, text);
	}
}

function save(filename: string, text: string): void {
	const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
	const link = document.createElement("a");
	link.href = url;
	link.download = filename;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
