import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

/**
 * Who may import whom (docs/ARCHITECTURE.md). A module imports only from lower places; inside level
 * 2 nobody imports a sibling. Type-only imports count, and so do dynamic ones.
 */
const source = new URL("../src", import.meta.url).pathname;

/** Lower number: nearer to the ground. The order inside level 1 is durable < archive < … */
const places: Record<string, number> = {
	"recording.ts": 0,
	"transcript.ts": 0,
	"job.ts": 0,
	"errors.ts": 0,
	"logger.ts": 0,
	"wav.ts": 0,
	"observation.ts": 0,
	durable: 1.0,
	archive: 1.1,
	catalogue: 1.1,
	library: 1.2,
	jobs: 1.3,
	processes: 1.4,
	speech: 1.5,
	services: 1.6,
	capture: 2,
	desktop: 2,
	media: 2,
	import: 2,
	transcribe: 2,
	lexicon: 2,
	export: 2,
	models: 2,
	windows: 2,
	coverage: 2,
	layers: 2,
	speakers: 2,
	chat: 2,
	access: 2,
	audit: 2,
	uploads: 2,
	webhooks: 2,
	telemetry: 2,
	"log.ts": 3.0,
	log: 3.0,
	"config.ts": 3.1,
	config: 3.1,
	pipeline: 3.2,
	app: 3.3,
	server: 4.0,
	cli: 4.1,
};

const files = globSync("**/*.ts", { cwd: source }).filter((file) => !file.endsWith(".test.ts"));
const importPattern = /(?:\bfrom\s*|\bimport\s*\(\s*|^import\s+)"(\.{1,2}\/[^"]+)"/gm;

function importsOf(file: string): string[] {
	const text = readFileSync(join(source, file), "utf8");
	return [...text.matchAll(importPattern)].map((match) =>
		relative(source, join(source, dirname(file), match[1] as string)),
	);
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));

function placeOf(file: string): string {
	return file.split("/")[0] as string;
}

test("every file has a place", () => {
	const unplaced = files.filter((file) => places[placeOf(file)] === undefined);
	assert.deepEqual(unplaced, []);
});

test("every import is of a file that exists", () => {
	const missing = [...graph].flatMap(([file, imports]) =>
		imports.filter((one) => !graph.has(one)).map((one) => `${file} imports ${one}`),
	);
	assert.deepEqual(missing, []);
});

test("imports lead downwards only", () => {
	const wrong: string[] = [];
	for (const [file, imports] of graph) {
		for (const imported of imports) {
			const [from, to] = [placeOf(file), placeOf(imported)];
			if (from === to) continue;
			const isSameGround = from.replace(".ts", "") === to.replace(".ts", "");
			const higher = (places[from] ?? 0) > (places[to] ?? 0);
			if (!higher && !isSameGround) wrong.push(`${file} imports ${imported}`);
		}
	}
	assert.deepEqual(wrong, []);
});

test("nouns import nothing but nouns' types", () => {
	for (const [file, imports] of graph) {
		if (places[placeOf(file)] !== 0) continue;
		assert.deepEqual(
			imports.filter((one) => places[placeOf(one)] !== 0),
			[],
			file,
		);
	}
});

test("there is no cycle, types included", () => {
	const cycles: string[] = [];
	const finished = new Set<string>();
	const path: string[] = [];
	const visit = (file: string): void => {
		if (finished.has(file)) return;
		const start = path.indexOf(file);
		if (start >= 0) {
			cycles.push([...path.slice(start), file].join(" → "));
			return;
		}
		path.push(file);
		for (const imported of graph.get(file) ?? []) visit(imported);
		path.pop();
		finished.add(file);
	};
	for (const file of files) visit(file);
	assert.deepEqual(cycles, []);
});

test("no file is named after nothing, and none only passes on what others export", () => {
	for (const file of files) {
		assert.doesNotMatch(file, /(^|\/)(utils?|helpers?|misc|common|index|base)\.ts$/i);
		const text = readFileSync(join(source, file), "utf8");
		assert.doesNotMatch(text, /^export (\*|\{[^}]*\}) from/m, file);
	}
});
