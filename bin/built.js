// Which program is run: what `npm run build` made, or the sources that it was made of.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

export const builtFolder = join(root, "dist");
/** Lies with what was built, and tells what it was made of. */
export const sourcesListName = "sources.txt";

/**
 * What was built counts for exactly these sources only: whoever changes one of them runs the
 * sources, until the next build.
 */
export function isBuilt() {
	let made;
	try {
		made = readFileSync(join(builtFolder, sourcesListName), "utf8");
	} catch {
		return false;
	}
	return made === sourcesList();
}

/**
 * The packages, and every file that the program is made of with its size and the second of its last
 * change: more exact times do not survive an archive, and a build takes longer than that.
 *
 * @returns {string}
 */
export function sourcesList() {
	// npm writes the same again when it removes packages.
	const packages = readFileSync(join(root, "package-lock.json"));
	const lines = [createHash("sha256").update(packages).digest("hex"), lineOf("bin/build.js")];
	addFolder("src", lines);
	return lines.join("\n");
}

/** @param {string} folder @param {string[]} lines */
function addFolder(folder, lines) {
	for (const entry of readdirSync(root + folder, { withFileTypes: true })) {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory()) addFolder(path, lines);
		else if (!entry.name.endsWith(".test.ts")) lines.push(lineOf(path));
	}
}

/** @param {string} path */
function lineOf(path) {
	const { size, mtimeMs } = statSync(root + path);
	return `${path} ${size} ${Math.floor(mtimeMs / 1000)}`;
}

/**
 * Stacks of what was built name the sources' files and lines. Node could do that too, but would read
 * every map at the start; here the first stack that somebody looks at does.
 */
export function nameSourcesInStacks() {
	/** @type {Map<string, SourceMap | null>} */
	const maps = new Map();
	const inBuilt = new URL("../dist/", import.meta.url).href;
	Error.prepareStackTrace = (error, frames) => {
		const lines = frames.map((frame) => `\n    at ${inSource(frame)}`);
		return `${Error.prototype.toString.call(error)}${lines.join("")}`;
	};

	/** @param {NodeJS.CallSite} frame */
	function inSource(frame) {
		const url = frame.getFileName();
		const shown = String(frame);
		if (!url?.startsWith(inBuilt)) return shown;
		const [line, column] = [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0];
		const origin = mapOf(url)?.findOrigin(line, column);
		if (!origin || !("fileName" in origin)) return shown;
		const source = new URL(origin.fileName, url).href;
		return shown.replace(
			`${url}:${line}:${column}`,
			`${source}:${origin.lineNumber}:${origin.columnNumber}`,
		);
	}

	/** @param {string} url */
	function mapOf(url) {
		let map = maps.get(url);
		if (map === undefined) {
			map = readMap(url);
			maps.set(url, map);
		}
		return map;
	}
}

/** @param {string} url */
function readMap(url) {
	try {
		return new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), "utf8")));
	} catch {
		// Where it stands in what was built is less, and better than nothing.
		return null;
	}
}
