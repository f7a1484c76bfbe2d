/**
 * What stands around every page, in a real browser: a failure of one page leaves the others, a session that
 * ends takes nothing away that was typed, and what is dropped arrives on whatever page it is dropped.
 */
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "./temp-folder.ts";
import { publishBytes } from "./temp-library.ts";
import { exampleWav } from "./transcribed-recording.ts";
import { startWebTest } from "./web/browser.ts";

test("a page that does not load says so, leaves the others, and comes when it can", async (t) => {
	const { page, context } = await startWebTest(t, { works: false });
	const part = /assets\/QueuePage-.*\.js$/;
	await context.route(part, (route) => route.abort());
	const main = page.getByRole("navigation", { name: "Main" });
	await main.getByRole("link", { name: "Queue" }).click();
	await page.getByRole("heading", { level: 1, name: "This page could not be shown" }).waitFor();
	await page.getByText("Onwax is away, or a newer one has taken its place").waitFor();
	await main.getByRole("link", { name: "Library" }).click();
	await page.getByRole("heading", { level: 1, name: "Library" }).waitFor();
	await page.goBack();
	await context.unroute(part);
	await page.getByRole("alert").getByRole("button", { name: "Try again" }).click();
	await page.getByRole("heading", { level: 1, name: "Queue" }).waitFor();
});

test("a session that ends while somebody types is begun anew, and what was typed is still there", async (t) => {
	const { page, context, service } = await startWebTest(t, { works: false });
	const published = await publishBytes(service.app.library, exampleWav(1), { title: "memo" });
	assert.ok(published.kind === "published");
	await page.goto(`${service.url}/recordings/${published.metadata.name}`);
	await page.getByRole("button", { name: "Edit the title" }).click();
	await page.getByLabel("Title").fill("what the harbour said");
	await context.clearCookies();
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("heading", { name: "Who is there?" }).waitFor();
	assert.equal(await page.getByLabel("Title").isVisible(), false);
	await page.getByLabel("Link").fill(`${service.url}/#${service.access.linkSecret}`);
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByRole("button", { name: "Save" }).click();
	await page.getByRole("heading", { level: 1, name: "what the harbour said" }).waitFor();
});

test("a folder dropped on any page sends the audio in it, and the page stays", async (t) => {
	const { page, context, service } = await startWebTest(t, { works: false, path: "/settings" });
	await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
	const folder = join(await tempFolder(t), "tapes");
	await mkdir(join(folder, "side b"), { recursive: true });
	await writeFile(join(folder, "one.wav"), exampleWav(1));
	await writeFile(join(folder, "side b", "two.wav"), exampleWav(2));
	await writeFile(join(folder, "notes.txt"), "flour, two lemons");
	await writeFile(join(folder, ".DS_Store"), "nobody means this");
	const devTools = await context.newCDPSession(page);
	const data = { items: [], files: [folder], dragOperationsMask: 1 };
	for (const type of ["dragEnter", "dragOver", "drop"] as const) {
		await devTools.send("Input.dispatchDragEvent", { type, x: 600, y: 400, data });
	}
	await page.getByText("2 files are on their way. One other file is no audio.").waitFor();
	assert.equal(new URL(page.url()).pathname, "/settings");
	await page.getByRole("button", { name: "Show" }).click();
	for (const title of ["one", "two"]) {
		await page.getByRole("article").filter({ hasText: title }).waitFor();
	}
	// Shown by that name, and found by it.
	await page.getByRole("searchbox").fill("two");
	await page.locator("mark", { hasText: "two" }).waitFor();
	const kept = await service.app.library.catalogue.list({ limit: 10 });
	assert.deepEqual(kept.recordings.map(({ metadata }) => metadata.originalFilename).sort(), [
		"one.wav",
		"two.wav",
	]);
});

test("zoomed in fourfold, a recording can be read past its player", async (t) => {
	const { page, service } = await startWebTest(t, {
		works: false,
		context: { viewport: { width: 320, height: 256 } },
	});
	const published = await publishBytes(service.app.library, exampleWav(1), { title: "memo" });
	assert.ok(published.kind === "published");
	await page.goto(`${service.url}/recordings/${published.metadata.name}`);
	const text = page.getByRole("heading", { name: "No text yet" });
	await text.waitFor();
	await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
	const player = await page.getByRole("region", { name: "Player" }).boundingBox();
	const words = await text.boundingBox();
	assert.ok(player !== null && words !== null);
	assert.ok(player.y + player.height <= words.y, "it scrolls away with the page");
	assert.ok(player.x + player.width <= 320, "no part of it is off the screen");
	const waveform = await page.getByRole("slider", { name: /Position/ }).boundingBox();
	assert.ok(waveform !== null && waveform.x + waveform.width <= 320, "the waveform ends on it too");
});
