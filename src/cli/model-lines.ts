import type { ListedModel } from "../app/models.ts";
import type { CatalogueModel } from "../models/catalogue.ts";
import type { Sheet } from "./output.ts";
import { formatSize } from "./size.ts";
import { visible } from "./visible.ts";
import { displayWidth, padEnd, padStart, wrap } from "./width.ts";

/**
 * One model for people: name, facts and marks in columns, and what it is good for. Where the terminal
 * is too narrow for the columns, each has a line of its own.
 */
export function modelLines(model: ListedModel, longestName: number, out: Sheet): string[] {
	const { name, known, installed } = model;
	const bytes = installed?.sizeBytes ?? known?.sizeBytes ?? null;
	const size = bytes === null ? "size unknown" : formatSize(bytes);
	const languages = known ? spokenIn(known) : "";
	const licence = known ? licenceOf(known.licence) : "";
	const marks = marksOf(model, out);
	const goodFor = visible(known?.goodFor ?? "brought by you");
	const about = [padStart(size, 12), padEnd(languages, 12), licence].join("  ").trimEnd();
	const plain = `${padEnd(visible(name), longestName)}  ${about}`;
	const painted = `${padEnd(visible(name), longestName)}  ${out.paint("dim", about)}`;
	const marked = marks.map(({ painted }) => painted).join(", ");
	const room = out.columns;
	const needed = displayWidth(plain) + 2 + displayWidth(marks.map(({ text }) => text).join(", "));
	if (!out.isTerminal || Math.max(needed, displayWidth(goodFor) + 2) <= room) {
		return [`${painted}  ${marked}`.trimEnd(), `  ${out.paint("dim", goodFor)}`];
	}
	const indented = (text: string) => wrap(text, room - 2).map((line) => `  ${line}`);
	if (needed <= room) {
		return [`${painted}  ${marked}`.trimEnd(), ...indented(goodFor).map(dim)];
	}
	const facts = [size, languages, licence].filter((fact) => fact !== "").join(", ");
	return [
		...wrap(visible(name), room),
		...indented(facts).map(dim),
		...marks.map(({ painted }) => `  ${painted}`),
		...indented(goodFor).map(dim),
	];

	function dim(line: string): string {
		return out.paint("dim", line);
	}
}

function marksOf({ installed, isUsable, isDefault, begunBytes }: ListedModel, out: Sheet) {
	const mark = (style: Parameters<Sheet["paint"]>[0], text: string) => ({
		text,
		painted: out.paint(style, text),
	});
	return [
		...(installed && isUsable !== false ? [mark("green", "here")] : []),
		...(installed && isUsable === false ? [mark("red", "here, but not usable")] : []),
		...(isDefault ? [mark("bold", "default")] : []),
		...(!installed && begunBytes !== null
			? [mark("yellow", `${formatSize(begunBytes)} have come`)]
			: []),
	];
}

function spokenIn({ languages }: CatalogueModel): string {
	if (languages.includes("mul")) return "many";
	return languages.length > 5 ? `${languages.length} languages` : languages.join(" ");
}

/** Its licence in words. */
export function licenceOf(licence: string | null): string {
	return licence ?? "licence unknown";
}
