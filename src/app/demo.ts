import { mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordingFolder } from "../archive/layout.ts";
import { defaultSettings } from "../config/defaults.ts";
import { hashFile } from "../durable/hash-file.ts";
import { OnwaxError } from "../errors.ts";
import { silentLogger } from "../logger.ts";
import { type FileFacts, type Recording, shelfOf } from "../recording.ts";
import type { Environment } from "../transcribe/engine-config.ts";
import { importPaths } from "./import.ts";
import { type App, openApp } from "./open-app.ts";
import { audioPath } from "./recording-json.ts";
import { runJobs } from "./run-jobs.ts";
import { sample } from "./sample.ts";

/** What the demonstration has just done; each part is told as it happens. */
export type DemoStep =
	| { step: "begins"; dataDir: string; sample: string; said: string }
	| { step: "kept"; path: string; name: string; file: FileFacts }
	| { step: "no engine" }
	| { step: "transcribing"; engine: string; why: string }
	| { step: "transcribed"; text: string; latencySeconds: number }
	| { step: "not transcribed"; reason: string }
	| { step: "found"; query: string; snippet: string; highlights: [number, number][] }
	| { step: "on disk"; folder: string; audioFile: string; files: Record<string, FileFacts> };

/**
 * The main job on the sample that comes with the program, in a library of its own in the folder for
 * temporary files, which is left there to be looked at. Services are not asked: a demonstration
 * must not send anything anywhere, nor cost anything.
 */
export async function demonstrate(
	environment: Environment,
	appVersion: string,
	signal: AbortSignal,
	tell: (step: DemoStep) => void,
): Promise<void> {
	const dataDir = await mkdtemp(join(tmpdir(), "onwax-demo-"));
	tell({ step: "begins", dataDir, sample: sample.path, said: sample.said });
	const app = await openApp({
		config: { ...structuredClone(defaultSettings), dataDir },
		appVersion,
		log: silentLogger,
		environment: { ...environment, OPENAI_API_KEY: undefined },
		notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
	});
	try {
		const name = await keep(app, signal, tell);
		const recording = await transcribe(app, name, signal, tell);
		if (recording.transcript?.text) await find(app, recording.transcript.text, tell);
		await lookAt(app, recording, tell);
	} finally {
		await app.close();
	}
}

type Tell = (step: DemoStep) => void;

async function keep(app: App, signal: AbortSignal, tell: Tell): Promise<string> {
	const names: string[] = [];
	await importPaths(app, [sample.path], {
		title: null,
		tags: [],
		signal,
		onOutcome(outcome) {
			if (outcome.kind === "kept") names.push(outcome.metadata.name);
			if (outcome.kind === "refused") throw outcome.error;
		},
	});
	const [name = ""] = names;
	const recording = await get(app, name);
	const path = audioPath(app.library.layout, recording);
	// Read back from the disk, not taken from what was noted on the way in.
	tell({ step: "kept", path, name, file: await hashFile(path) });
	return name;
}

async function transcribe(
	app: App,
	name: string,
	signal: AbortSignal,
	tell: Tell,
): Promise<Recording> {
	const engine = await app.engines.describeDefault();
	if (engine === null) {
		tell({ step: "no engine" });
		return get(app, name);
	}
	tell({ step: "transcribing", engine: engine.name, why: engine.why });
	await runJobs(app, { scope: [name], signal, onAttemptFailed() {} });
	signal.throwIfAborted();
	const recording = await get(app, name);
	const { transcript, metadata } = recording;
	if (transcript && metadata.transcription) {
		const { latencySeconds } = metadata.transcription;
		tell({ step: "transcribed", text: transcript.text, latencySeconds });
	} else {
		tell({ step: "not transcribed", reason: metadata.error?.message ?? "There is no text yet." });
	}
	return recording;
}

/** Looks for a word that was both said and heard, else for the longest that was heard. */
async function find(app: App, text: string, tell: Tell): Promise<void> {
	const heard = text.toLowerCase().match(/\p{L}+/gu) ?? [];
	const said = new Set(sample.said.toLowerCase().match(/\p{L}+/gu));
	const longest = (words: string[]) => [...words].sort((a, b) => b.length - a.length)[0];
	const query = longest(heard.filter((word) => said.has(word))) ?? longest(heard);
	if (query === undefined) return;
	const [hit] = await app.library.catalogue.search(query, { limit: 1 });
	if (hit === undefined) return;
	const { text: snippet, highlights } = hit.snippet;
	tell({ step: "found", query, snippet, highlights });
}

async function lookAt(app: App, { metadata }: Recording, tell: Tell): Promise<void> {
	const folder = recordingFolder(app.library.layout, shelfOf(metadata), metadata.name);
	const files: Record<string, FileFacts> = {};
	for (const file of (await readdir(folder)).sort()) {
		files[file] = await hashFile(join(folder, file));
	}
	tell({ step: "on disk", folder, audioFile: metadata.audioFile, files });
}

async function get(app: App, name: string): Promise<Recording> {
	const recording = await app.library.catalogue.get(name);
	if (recording) return recording;
	throw new OnwaxError("ERR_INTERNAL", "The sample is not in the library that it was put into.");
}
