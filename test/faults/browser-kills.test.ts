/**
 * A browser, a tab and the service are killed at moments that nobody chose, one recording after the other. What was
 * synced is there afterwards, in its order, once. `ONWAX_BROWSER_ROUNDS`, `ONWAX_BROWSER_SEED`.
 */
import assert from "node:assert/strict";
import { readdir, readFile, readlink } from "node:fs/promises";
import { test } from "node:test";
import { listenToClock, localRecordings, startRecorderBrowser } from "../recorder-browser.ts";
import { crash, type PageService, press, startPageService } from "../recorder-faults.ts";
import { tempFolder } from "../temp-folder.ts";

const rounds = Number(process.env.ONWAX_BROWSER_ROUNDS ?? 4);
const seed = Number(process.env.ONWAX_BROWSER_SEED ?? Date.now() % 1_000_000);

function randomFrom(start: number): () => number {
	let state = start;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** The browser's own process: the one that has the profile's lock. */
async function killBrowser(profile: string): Promise<void> {
	const pid = Number((await readlink(`${profile}/SingletonLock`)).split("-").at(-1));
	assert.ok(pid > 1);
	process.kill(pid, "SIGKILL");
	while ((await readdir("/proc")).includes(String(pid))) {
		const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "State:\tX");
		if (/State:\t[ZX]/.test(status)) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

test(`whatever is killed, and whenever: what was synced is there, once (seed ${seed})`, async (t) => {
	const random = randomFrom(seed);
	const dataDir = await tempFolder(t);
	const profile = await tempFolder(t);
	let service: PageService = await startPageService(t, dataDir);
	const port = Number(new URL(service.url).port);
	const killService = async () => {
		await service.kill();
		service = await startPageService(t, dataDir, port);
	};
	let kept = 0;
	for (let round = 0; round < rounds; round++) {
		const browser = await startRecorderBrowser(t, { profile });
		const page = await browser.open(service.url, service.link);
		await press(page, "Record");
		// From before the first block to some seconds of sound.
		const lastsMs = random() * 6000;
		const killsService = random() < 0.5;
		const pause = () => new Promise((resolve) => setTimeout(resolve, lastsMs / 2));
		await pause();
		if (killsService) await killService();
		await pause();
		const stops = random() < 0.5;
		const shown = await page.getByRole("timer").textContent();
		if (stops) {
			await page.getByRole("button", { name: "Stop" }).click();
			await new Promise((resolve) => setTimeout(resolve, random() * 400));
		}
		const way = ["tab", "browser", "both"][Math.floor(random() * 3)];
		if (way === "tab") await crash(page);
		else {
			const closed = new Promise((resolve) => browser.context.once("close", resolve));
			await killBrowser(profile);
			if (way === "both") await killService();
			await closed;
		}
		await browser.close();

		const next = await startRecorderBrowser(t, { profile });
		const after = await next.open(service.url, service.link);
		while ((await localRecordings(after)).length > 0) await after.waitForTimeout(100);
		await next.close();
		const recordings = await service.recordings();
		const about = `round ${round}: ${way}, ${Math.round(lastsMs)} ms, ${shown} shown, service ${killsService ? "killed" : "up"}, ${stops ? "stopped" : "cut"}`;
		t.diagnostic(`${about}: ${recordings.length - kept} more`);
		const [, seconds = 0] = (shown ?? "0:00").split(":").map(Number);
		const isExpected = seconds > 0 || stops;
		assert.ok(recordings.length - kept <= 1, `${about}: one of it, not several`);
		if (isExpected) assert.equal(recordings.length - kept, 1, `${about}: it is there`);
		if (recordings.length > kept) {
			const [newest] = recordings;
			assert.ok(newest);
			const heard = listenToClock(await service.audio(newest.name));
			assert.deepEqual(heard.breaks, [], `${about}: no holes`);
			assert.ok(heard.seconds > seconds - 0.6, `${about}: ${heard.seconds} s of tones`);
		}
		kept = recordings.length;
	}
	assert.ok(kept > 0);
});
