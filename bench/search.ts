import { existsSync } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalogue, SearchOptions } from "../src/catalogue/catalogue.ts";
import { migrations } from "../src/catalogue/migrate.ts";
import { openSqliteCatalogue } from "../src/catalogue/sqlite.ts";
import type { Recording } from "../src/recording.ts";
import { sampleRecording } from "../test/sample-recording.ts";
import { type Corpus, zipfCorpus } from "./corpus.ts";
import type { Row } from "./row.ts";

const wordsInRecording = 60;
export const vocabulary = 50_000;
const atOnce = 2000;
const asked = 400;

/**
 * Search and list in `count` recordings of 60 words, p99 in milliseconds. The catalogue is built by
 * `put`, 2000 recordings in a transaction, as a reindex does it, and kept in the temporary folder
 * for the next run.
 */
export async function searchBench(count: number): Promise<Row[]> {
	const catalogue = await openBuilt(count);
	try {
		return await measure(catalogue, count);
	} finally {
		await catalogue.close();
	}
}

/** @returns the folder with that catalogue in it, closed */
export async function builtCatalogue(count: number): Promise<string> {
	await (await openBuilt(count)).close();
	return folderOf(count);
}

function folderOf(count: number): string {
	return join(tmpdir(), `onwax-bench-search-v${migrations.at(-1)?.version}-${count}`);
}

async function openBuilt(count: number): Promise<Catalogue> {
	const folder = folderOf(count);
	const open = (at: string) =>
		openSqliteCatalogue({ path: join(at, "library.db"), backupsDir: join(at, "backups") });
	if (existsSync(folder)) return open(folder);
	const building = `${folder}.building`;
	await rm(building, { recursive: true, force: true });
	await mkdir(building, { recursive: true });
	const catalogue = await open(building);
	const startedAt = performance.now();
	const corpus = zipfCorpus(vocabulary, 42);
	for (let at = 0; at < count; at += atOnce) {
		const length = Math.min(atOnce, count - at);
		await catalogue.put(Array.from({ length }, (_, i) => recordingOf(corpus, at + i)));
	}
	const putMs = performance.now() - startedAt;
	await catalogue.tidy();
	await catalogue.close();
	const { size } = await stat(join(building, "library.db"));
	process.stderr.write(
		`built ${count} recordings in ${(putMs / 1000).toFixed(1)} s, tidied in ` +
			`${((performance.now() - startedAt - putMs) / 1000).toFixed(1)} s: ${Math.round(size / 1e6)} MB\n`,
	);
	await rename(building, folder);
	return open(folder);
}

/** One in twenty failed, one in twenty pending, one in fifty in the trash; a tag in every tenth. */
function recordingOf(corpus: Corpus, number: number): Recording {
	const { random } = corpus;
	const lot = random();
	const tags = random() < 0.1 ? ["meeting"] : random() < 0.001 ? ["rare"] : [];
	return sampleRecording(number, {
		uid: `u${(number % 60_466_176).toString(36).padStart(5, "0")}`,
		state: lot < 0.05 ? "failed" : lot < 0.1 ? "pending" : "success",
		deletedAt: random() < 0.02 ? "2026-06-01T00:00:00.000Z" : null,
		title: corpus.text(4),
		text: corpus.text(wordsInRecording - 4),
		tags,
	});
}

async function measure(catalogue: Catalogue, count: number): Promise<Row[]> {
	const corpus = zipfCorpus(vocabulary, 4711);
	const { random, words } = corpus;
	const wordOf = (from: number, to: number) =>
		words[from + Math.floor(random() * (to - from))] ?? "";
	const aDocument = async () => {
		const microseconds = Math.floor(Date.UTC(2026, 0, 1) * 1000 + random() * count * 1e6);
		const page = await catalogue.list({ limit: 1, before: String(microseconds) });
		return page.recordings[0]?.transcript?.text.split(" ") ?? [];
	};
	const phrase = async () => {
		const text = await aDocument();
		const length = 2 + Math.floor(random() * 4);
		const start = Math.floor(random() * (text.length - length));
		return `"${text.slice(start, start + length).join(" ")}"`;
	};
	const prefix = () => {
		const word = corpus.anyWord();
		const length = 3 + Math.floor(random() * Math.max(1, word.length - 3));
		return `${word.slice(0, length)}*`;
	};
	const several = async (many: number) => {
		const text = await aDocument();
		return Array.from({ length: many }, () => text[Math.floor(random() * text.length)]).join(" ");
	};
	const questions: [string, () => string | Promise<string>][] = [
		["a common word", () => wordOf(0, 100)],
		["a rare word", () => wordOf(vocabulary / 2, vocabulary)],
		["any word", corpus.anyWord],
		["a phrase of 2 to 5 words", phrase],
		["a beginning of 3 letters or more", prefix],
		["two words of a recording", () => several(2)],
		["three words of a recording", () => several(3)],
		["a common word with a rare tag", () => `${wordOf(0, 100)} tag:rare`],
	];
	const rows: Row[] = [];
	for (const [what, question] of questions) {
		for (const best of [false, true]) {
			const options: SearchOptions = { limit: 20, best };
			const texts: string[] = [];
			for (let i = 0; i < asked; i += 1) texts.push(await question());
			const durations = await timed(texts, (text) => catalogue.search(text, options));
			const order = best ? "--best" : "newest first";
			rows.push(row(`search ${what}, ${order}`, durations, best ? 50 : 10));
		}
	}
	const states = ["success", "failed", "pending"] as const;
	const pages = Array.from({ length: asked }, (_, i) => i);
	const listed = await timed(pages, (i) =>
		catalogue.list({ state: states[i % 3], tags: [i % 2 ? "meeting" : "rare"], limit: 50 }),
	);
	rows.push(row("list page, by state and tag", listed, 5));
	rows.push(row("list page", await timed(pages, () => catalogue.list({ limit: 50 })), 5));
	return rows;
}

async function timed<T>(inputs: T[], run: (input: T) => Promise<unknown>): Promise<number[]> {
	for (const input of inputs.slice(0, 10)) await run(input);
	const durations: number[] = [];
	for (const input of inputs) {
		const before = performance.now();
		await run(input);
		durations.push(performance.now() - before);
	}
	return durations.sort((a, b) => a - b);
}

function row(what: string, sorted: number[], target: number): Row {
	const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
	process.stderr.write(
		`${what.padEnd(64)} p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms, max ${at(1).toFixed(2)} ms\n`,
	);
	const ours = at(0.99);
	return { what: `${what}, p99`, ours, peer: null, ratio: ours, target, unit: "ms" };
}

if (import.meta.main) await searchBench(Number(process.argv[2] ?? 1_000_000));
