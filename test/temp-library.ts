import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { publishFile } from "../src/durable/publish-file.ts";
import type { Library } from "../src/library/library.ts";
import { openLibrary } from "../src/library/open.ts";
import { createPublisher, type Published } from "../src/library/publisher.ts";
import { type Arrival, type Staged, stage } from "../src/library/stage.ts";
import { silentLogger } from "../src/logger.ts";

const openLibraries = new Map<string, Library[]>();

/** A library in a folder of the test's own, or one more opening of one. Closed after the test. */
export async function openTempLibrary(t: TestContext, dataDir?: string): Promise<Library> {
	const folder = dataDir ?? (await mkdtemp(join(tmpdir(), "onwax-test-")));
	const { library } = await openLibrary({
		dataDir: folder,
		appVersion: "0.1.0",
		reserveBytes: 0,
		slowQueryMs: 10_000,
		log: silentLogger,
	});
	const siblings = openLibraries.get(folder);
	if (siblings) {
		siblings.push(library);
		return library;
	}
	openLibraries.set(folder, [library]);
	t.after(async () => {
		for (const one of openLibraries.get(folder) ?? []) await one.close();
		await rm(folder, { recursive: true, force: true });
	});
	return library;
}

const knownAudio = {
	mimeType: "audio/wav",
	codec: "pcm_s16le",
	durationSeconds: 1,
	sampleRate: 16000,
	channels: 1,
	bitDepth: 16,
};

/** Puts bytes (not real audio: level 1 does not look inside) into the writer's folder. */
export async function stageBytes(
	library: Library,
	content: Uint8Array = randomBytes(1000),
	arrival: Partial<Arrival> = {},
): Promise<Staged> {
	return stage(
		await library.writer(),
		library.appVersion,
		{ source: "import", originalFilename: "memo.wav", extension: ".wav", ...arrival },
		(path) => publishFile(path, content),
		async () => ({ audio: knownAudio, error: null }),
	);
}

export async function publishBytes(
	library: Library,
	content?: Uint8Array,
	arrival?: Partial<Arrival>,
): Promise<Published> {
	const publisher = createPublisher(library, async () => {});
	return publisher.publish(await stageBytes(library, content, arrival));
}

/** Publishes one recording and returns its name. */
export async function publishOne(library: Library, arrival?: Partial<Arrival>): Promise<string> {
	const published = await publishBytes(library, undefined, arrival);
	if (published.kind !== "published") throw new Error("the same bytes twice");
	return published.metadata.name;
}
