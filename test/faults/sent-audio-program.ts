/*
 * Audio that is sent and transcribed, as the OpenAI-compatible endpoint does it: node
 * sent-audio-program.ts DATA-FOLDER [AUDIO]. Prints what the sender is told, once it is told; without
 * audio it only makes the library.
 */
import { createReadStream, writeSync } from "node:fs";
import { openApp } from "../../src/app/open-app.ts";
import { transcribeUpload } from "../../src/app/transcribe-upload.ts";
import { openUploads } from "../../src/app/uploads.ts";
import { defaultSettings } from "../../src/config/defaults.ts";
import { silentLogger } from "../../src/logger.ts";

const [dataDir = "", audio = ""] = process.argv.slice(2);
const app = await openApp({
	config: { ...defaultSettings, dataDir, minFreeSpaceMb: 0 },
	appVersion: "0.1.0",
	log: silentLogger,
	environment: {},
	notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
});
try {
	if (audio !== "") await send();
} finally {
	await app.close();
}

async function send(): Promise<void> {
	const uploads = openUploads(() => app);
	const asked = await transcribeUpload(app, uploads, {
		...{ stream: createReadStream(audio), owner: "me" },
		...{ originalFilename: "a.wav", declaredBytes: null },
		wish: async () => ({ model: null, language: "de", prompt: null }),
	});
	const jobs = await app.library.catalogue.db.selectFrom("jobs").selectAll().execute();
	await uploads.close();
	writeSync(1, `${JSON.stringify({ name: asked.name, jobs: jobs.length })}\n`);
}
