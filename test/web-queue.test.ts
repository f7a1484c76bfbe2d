/** The queue in a real browser: work is seen, ended and taken up again by one press each. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "./temp-folder.ts";
import { exampleWav } from "./transcribed-recording.ts";
import { seriousFindings } from "./web/axe.ts";
import { startWebTest } from "./web/browser.ts";

test("work that is cancelled is no failure, and goes on where somebody wants it after all", async (t) => {
	const script = join(await tempFolder(t), "engine.mjs");
	await writeFile(script, "setInterval(() => {}, 1000);");
	const command = [process.execPath, script, "{audio}"];
	const { page, service, complaints } = await startWebTest(t, {
		path: "/queue",
		settings: {
			engine: "slow",
			engines: { slow: { type: "command", command, output: "text" } },
			coverage: { enabled: false, askAgain: false },
		},
	});
	await page.getByRole("heading", { name: "Nothing waits" }).waitFor();
	const sent = await service.ask("/api/v1/recordings?filename=memo.wav", {
		method: "POST",
		body: new Uint8Array(exampleWav(1)),
		headers: { "content-type": "audio/wav" },
	});
	assert.equal(sent.status, 201);
	const { name } = (await sent.json()) as { name: string };
	await page.getByRole("heading", { name: "Being done · 1" }).waitFor();
	assert.deepEqual(await seriousFindings(page), []);
	await page.getByRole("button", { name: /^Cancel the work on/ }).click();
	await page.getByRole("heading", { name: "Cancelled" }).waitFor();
	assert.equal(await page.getByText("Needs you").count(), 0);
	const main = page.getByRole("navigation", { name: "Main" });
	assert.equal(await main.getByRole("link", { name: "Queue" }).textContent(), "Queue");

	await page.goto(`${service.url}/recordings/${name}`);
	await page.getByText("You cancelled the writing of its text").waitFor();
	await page.getByRole("button", { name: "Write it after all" }).click();
	await page.getByRole("progressbar", { name: "The text is being written" }).waitFor();
	await page.getByRole("button", { name: "Cancel", exact: true }).click();
	await page.getByText("You cancelled the writing of its text").waitFor();

	await writeFile(script, 'process.stdout.write("two lemons");');
	await page.getByRole("button", { name: "Write it after all" }).click();
	// No times came with it: nothing is marked as heard, whatever is played.
	const text = page.locator("[data-said]", { hasText: "two lemons" });
	await text.waitFor();
	assert.equal(await page.locator("[data-now]").count(), 0);
	await page.keyboard.press("g");
	await page.keyboard.press("q");
	await page.getByRole("heading", { level: 1, name: "Queue" }).waitFor();
	assert.deepEqual(complaints, []);
});
