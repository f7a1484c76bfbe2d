/*
 * What the service does for webhooks, in a process that can be killed:
 *
 *   node webhooks-program.ts DATA-FOLDER URL change      things happen while nobody tells
 *   node webhooks-program.ts DATA-FOLDER URL tell        tells until nothing waits any more
 *   node webhooks-program.ts DATA-FOLDER URL redeliver   puts back what was given up, and tells
 *
 * Its wall clock runs ahead, ten minutes with each look: waiting between tries takes no time.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openApp } from "../../src/app/open-app.ts";
import { purgeRecordings } from "../../src/app/purge.ts";
import { listDeliveries, redeliver } from "../../src/app/webhook-deliveries.ts";
import { openWebhooks } from "../../src/app/webhooks.ts";
import { defaultSettings } from "../../src/config/defaults.ts";
import { trashRecording } from "../../src/library/remove.ts";
import { silentLogger } from "../../src/logger.ts";
import { publishOne } from "../temp-library.ts";

const [dataDir = "", url = "", command = ""] = process.argv.slice(2);
// A disk that stays full is never done; everything else is.
const mostLooks = process.env.ONWAX_FAULT ? 300 : Number.POSITIVE_INFINITY;
const environment = { HOOK: "secret" };
const app = await openApp({
	config: {
		...defaultSettings,
		...{ dataDir, minFreeSpaceMb: 0 },
		webhooks: [{ url, secretEnv: "HOOK", allowPrivate: true }],
	},
	appVersion: "0.1.0",
	log: silentLogger,
	environment: {},
	notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
});
const { library } = app;
try {
	if (command === "change") {
		await (await openWebhooks(app, environment))?.stop();
		await publishOne(library);
		const trashed = await publishOne(library);
		const purged = await publishOne(library);
		for (const name of [trashed, purged]) await trashRecording(library, name);
		const found = await library.catalogue.get(purged);
		if (found) await purgeRecordings(app, [found], () => {}, new AbortController().signal);
	} else {
		mock.timers.enable({ apis: ["Date"], now: Date.now() });
		if (command === "redeliver") {
			for (const { id } of await listDeliveries(app, "dead")) await redeliver(app, id);
		}
		const webhooks = await openWebhooks(app, environment);
		for (let quiet = 0, looks = 0; quiet < 5 && looks < mostLooks; looks += 1) {
			mock.timers.tick(600_000);
			webhooks?.wake();
			await sleep(10);
			const waits = readdirSync(join(library.layout.webhooks, "open")).length > 0;
			quiet = waits ? 0 : quiet + 1;
		}
		await webhooks?.stop();
	}
} finally {
	await app.close();
}
