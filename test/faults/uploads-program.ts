/*
 * One upload in two parts, as the service does it: node uploads-program.ts DATA-FOLDER AUDIO [ID]. Each
 * line of its output is something that the sender was told. With an id it goes on with that upload. With
 * ONWAX_TEST_EXPIRES its sender is away for too long after the first part, and comes back.
 */
import { readFileSync, writeSync } from "node:fs";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { openApp } from "../../src/app/open-app.ts";
import { openUploads } from "../../src/app/uploads.ts";
import { defaultSettings } from "../../src/config/defaults.ts";
import { silentLogger } from "../../src/logger.ts";
import type { Upload } from "../../src/uploads/store.ts";

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
const expires = process.env.ONWAX_TEST_EXPIRES === "1";
let { uploadExpiryHours } = app.config.server;
const uploads = openUploads(() => {
	const server = { ...app.config.server, uploadExpiryHours };
	return { ...app, config: { ...app.config, server } };
});
try {
	await uploads.sweep();
	const about = {
		...{ originalFilename: "a.wav", title: null, tags: [], source: "api" as const },
		...{ recordedAt: null, existsOnlyHere: expires },
	};
	const asking = { owner: "me", seesAll: false };
	/** Where its sender goes on: an upload that had expired is opened again. */
	const find = async (id: string) => {
		const found = await uploads.find(asking, id);
		if ("file" in found) return found;
		if (found.cut === null) return uploads.tell(found);
		return uploads.reopen(id, found.cut, found);
	};
	const sendPart = async (upload: Upload, end: number) => {
		const from = upload.file.offsetBytes;
		if (from >= end) return;
		const part = bytes.subarray(from, end);
		const body = Readable.from([part]);
		await uploads.append(upload, from, { body, bodyBytes: part.length, checksum: null });
		if (!expires) tell({ offset: end });
	};
	let found =
		given === null
			? await uploads.begin("me", { about, lengthBytes: bytes.length, metadataHeader: null })
			: await find(given);
	if ("file" in found) {
		tell({ id: found.id, offset: found.file.offsetBytes });
		await sendPart(found, bytes.length >> 1);
		if (given === null && expires) {
			uploadExpiryHours = 0;
			await sleep(2);
			await uploads.sweep();
			uploadExpiryHours = 1;
			found = await find(found.id);
		}
	}
	if ("file" in found) {
		await sendPart(found, bytes.length);
		tell({ receipt: await uploads.finish(found) });
	} else {
		tell({ receipt: found });
	}
} finally {
	await uploads.close();
	await app.close();
}
