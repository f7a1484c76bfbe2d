import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { App } from "../../src/app/open-app.ts";
import { outputUnder, recompose } from "../../src/app/recompose.ts";
import { undoApplying } from "../../src/app/undo-applying.ts";
import { prepareTranscript, readTranscript } from "../../src/archive/transcript-file.ts";
import { OnwaxError } from "../../src/errors.ts";
import { saveLexicon } from "../../src/lexicon/lexicon-file.ts";
import { changeRecording } from "../../src/library/change.ts";
import { openTempApp } from "../temp-app.ts";
import { tempFolder } from "../temp-folder.ts";
import { exampleWav, folderOf, publishTranscribed } from "../transcribed-recording.ts";

const program = new URL("../../bin/onwax.js", import.meta.url).pathname;

/** Two recordings, of which one has a text that its layers do not give again, and a lexicon for both. */
async function makeLibrary(t: TestContext): Promise<{ origin: string; names: string[] }> {
	const origin = await tempFolder(t);
	const app = await openTempApp(t, { dataDir: origin });
	const names = [
		await publishTranscribed(app.library, exampleWav(1)),
		await publishTranscribed(app.library, exampleWav(2)),
	];
	await changeRecording(app.library, names[0] ?? "", async ({ folder, metadata }) => {
		const before = await readTranscript(folder);
		if (before === null) return null;
		const output = await outputUnder(folder, before);
		const corrected = { ...output, lexicons: [], lexiconError: null };
		const written = await prepareTranscript(folder, recompose(before, output, { corrected }));
		return { fields: { files: { ...metadata.files, ...written } } };
	});
	await saveLexicon(app.library.layout.lexicons, "names", [
		{ from: "wax", to: "Onwax", kind: "words" },
	]);
	await app.close();
	return { origin, names };
}

function onwax(dataDir: string, args: string[], fault?: string) {
	const env = { ...process.env, ONWAX_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(dataDir, "none") };
	const ran = spawnSync(process.execPath, [program, "lexicon", "apply", ...args], {
		encoding: "utf8",
		env: fault === undefined ? env : { ...env, ONWAX_FAULT: fault },
	});
	if (fault === undefined) assert.equal(ran.status, 0, ran.stderr);
	else assert.ok(ran.signal === "SIGKILL" || ran.status === 0, ran.stderr);
	return ran;
}

async function textsOf(app: App, names: readonly string[]): Promise<string[]> {
	const files = names.flatMap((name) =>
		["transcript.json", "transcript.txt"].map((file) => ({ name, file })),
	);
	return Promise.all(
		files.map(async ({ name, file }) => {
			return readFile(join(await folderOf(app.library, name), file), "utf8");
		}),
	);
}

/** What is left of an application is undone; nothing at all may have been done. */
async function undoRest(app: App): Promise<void> {
	try {
		await undoApplying(app, {
			...{ dryRun: false, signal: new AbortController().signal },
			onProgress() {},
			onRestored: (name, restored) => assert.match(restored, /^(restored|unchanged)$/, name),
			onFailed: (_, error) => assert.fail(error),
		});
	} catch (error) {
		if (!(error instanceof OnwaxError) || error.code !== "ERR_STATE") throw error;
	}
}

async function killAtEveryStep(
	t: TestContext,
	origin: string,
	names: readonly string[],
	args: string[],
	wanted: readonly string[],
): Promise<void> {
	for (let step = 1; ; step += 1) {
		const dataDir = join(await tempFolder(t), "library");
		await cp(origin, dataDir, { recursive: true });
		const { signal } = onwax(dataDir, args, `kill:${step}`);
		const app = await openTempApp(t, { dataDir });
		await undoRest(app);
		assert.deepEqual(await textsOf(app, names), wanted, `killed at step ${step}`);
		await app.close();
		if (signal !== "SIGKILL") break;
	}
}

test("applying lexicons, killed at any step, is undone byte for byte", async (t) => {
	const { origin, names } = await makeLibrary(t);
	const app = await openTempApp(t, { dataDir: origin });
	const before = await textsOf(app, names);
	await app.close();
	await killAtEveryStep(t, origin, names, ["--all"], before);
});

test("undoing that, killed at any step, is gone on with by the next undo", async (t) => {
	const { origin, names } = await makeLibrary(t);
	const app = await openTempApp(t, { dataDir: origin });
	const before = await textsOf(app, names);
	await app.close();
	onwax(origin, ["--all"]);
	await killAtEveryStep(t, origin, names, ["--undo"], before);
});
