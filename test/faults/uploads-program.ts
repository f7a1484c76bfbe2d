/*
 * One upload in two parts, as the service does it: node uploads-program.ts DATA-FOLDER AUDIO [ID]. Each
 * line of its output is something that the sender was told. With an id it goes on with that upload.
 */
import { readFileSync, writeSync } from "node:fs";
import { Readable } from "node:stream";
import { openApp } from "../../src/app/open-app.ts";
import { openUploads } from "../../src/app/uploads.ts";
import { defaultSettings } from "../../src/config/defaults.ts";
import { silentLogger } from "../../src/logger.ts";

const [dataDir = "", audio = "", given = null] = process.argv.slice(2);
const bytes = readFileSync(audio);
const tell = (told: object) => writeSync(1, `${JSON.stringify(told)}\n`);

const app = await openApp({
	config: { ...defaultSettings, dataDir, minFreeSpaceMb: 0 },
	appVersion: "0.1.0",
	log: silentLogger,
	environment: {},
	notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
});
const uploads = openUploads(() => app);
try {
	await uploads.sweep();
	const about = {
		...{ originalFilename: "a.wav", title: null, tags: [], source: "api" as const },
		...{ recordedAt: null, existsOnlyHere: false },
	};
	const found =
		given === null
			? await uploads.begin("me", { about, lengthBytes: bytes.length, metadataHeader: null })
			: await uploads.find({ owner: "me", seesAll: false }, given);
	if ("file" in found) {
		tell({ id: found.id, offset: found.file.offsetBytes });
		for (const end of [bytes.length >> 1, bytes.length]) {
			const from = found.file.offsetBytes;
			if (from >= end) continue;
			const part = bytes.subarray(from, end);
			const body = Readable.from([part]);
			await uploads.append(found, from, { body, bodyBytes: part.length, checksum: null });
			tell({ offset: end });
		}
		tell({ receipt: await uploads.finish(found) });
	} else {
		tell({ receipt: found });
	}
} finally {
	await uploads.close();
	await app.close();
}
