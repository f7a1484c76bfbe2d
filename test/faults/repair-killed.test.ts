import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { validateRecordings } from "../../src/app/validate.ts";
import { readMetadata } from "../../src/archive/metadata-file.ts";
import { openTempApp } from "../temp-app.ts";
import { tempFolder } from "../temp-folder.ts";
import { exampleWav, folderOf, publishTranscribed } from "../transcribed-recording.ts";

const repository = new URL("../..", import.meta.url);

/** Repairs everything in a process of its own, which ends at the fault that the environment names. */
const repairAll = `
	import { openApp } from "./src/app/open-app.ts";
	import { validateRecordings } from "./src/app/validate.ts";
	import { loadConfig } from "./src/config.ts";
	import { silentLogger } from "./src/logger.ts";
	const { config } = await loadConfig();
	const notices = { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} };
	const app = await openApp({ config, appVersion: "0.1.0", log: silentLogger, environment: {}, notices });
	const { signal } = new AbortController();
	await validateRecordings(app, { names: "all", repair: true, signal, onFinding() {}, onProgress() {} });
	await app.close();
`;

test("a repair that is killed at any step loses no audio, and the next one finishes it", async (t) => {
	const origin = await tempFolder(t);
	const app = await openTempApp(t, { dataDir: origin });
	const lying = exampleWav(1, 0);
	const name = await publishTranscribed(app.library, lying, "an edit");
	const folder = await folderOf(app.library, name);
	await writeFile(join(folder, "transcript.json"), "{");
	const metadata = await readFile(join(folder, "metadata.json"), "utf8");
	await writeFile(join(folder, "metadata.json"), metadata.replace("a memo", "A memo"));
	await app.close();
	for (let step = 1; ; step += 1) {
		const dataDir = join(await tempFolder(t), "library");
		await cp(origin, dataDir, { recursive: true });
		const { status, signal, stderr } = spawnSync(
			process.execPath,
			["--input-type=module-typescript", "--eval", repairAll],
			{
				cwd: repository,
				encoding: "utf8",
				env: { ...process.env, ONWAX_DATA_DIR: dataDir, ONWAX_FAULT: `kill:${step}` },
			},
		);
		assert.ok(signal === "SIGKILL" || status === 0, stderr);
		const again = await openTempApp(t, { dataDir });
		const options = { names: "all", signal: new AbortController().signal } as const;
		const ignored = { onFinding() {}, onProgress() {} };
		await validateRecordings(again, { ...options, ...ignored, repair: true });
		const left = await validateRecordings(again, { ...options, ...ignored, repair: false });
		assert.deepEqual(left.findings, [], `killed at step ${step}`);
		const place = await folderOf(again.library, name);
		const { audioFile, original } = await readMetadata(place);
		const rebuilt = Buffer.concat([
			Buffer.from(original?.headerBase64 ?? "", "base64"),
			(await readFile(join(place, audioFile))).subarray(44),
			Buffer.from(original?.trailerBase64 ?? "", "base64"),
		]);
		assert.deepEqual(rebuilt, lying, `killed at step ${step}`);
		assert.equal(await readFile(join(place, "transcript.txt"), "utf8"), "an edit\n");
		await again.close();
		await rm(dataDir, { recursive: true });
		if (status === 0) {
			assert.ok(step > 10);
			return;
		}
	}
});
