/**
 * The library view in a real browser, over a real service: what is dropped arrives and is told so by its
 * receipt, what happens elsewhere appears by itself, ten thousand rows are a window over few elements,
 * keys do what the list of keys says, and nothing said in a recording becomes part of the page.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { sample } from "../src/app/sample.ts";
import type { Recording } from "../src/recording.ts";
import { sampleRecording } from "./sample-recording.ts";
import { publishBytes } from "./temp-library.ts";
import { exampleWav } from "./transcribed-recording.ts";
import { allFindings } from "./web/axe.ts";
import { openPhone, sidewaysPixels, startWebTest } from "./web/browser.ts";

const hash = (number: number) => number.toString(16).padStart(64, "0");

function rows(page: Page) {
	return page.getByRole("list", { name: "Recordings" }).getByRole("article");
}

/** So many of them that only a window over them can be drawn. */
async function fill(catalogue: { put(recordings: Recording[]): Promise<void> }, count: number) {
	const made = Array.from({ length: count }, (_, number) =>
		sampleRecording(number, { sha256: hash(number + 1) }),
	);
	await catalogue.put(made);
}

test("an empty library teaches, and the sample becomes a recording by its receipt", async (t) => {
	const { page, complaints } = await startWebTest(t, { works: false });
	await page.getByRole("heading", { name: "Nothing is kept here yet" }).waitFor();
	await page.getByText("Nothing here can write texts yet").waitFor();
	await page.getByRole("button", { name: "Try a sample" }).click();
	const upload = page.getByRole("region", { name: "Files on their way" });
	await upload.getByText("Kept. This file may go").waitFor();
	await rows(page).filter({ hasText: "hello" }).waitFor();
	assert.deepEqual(complaints, []);
});

test("the link's secret is out of the address at once; without it there is a way to sign in", async (t) => {
	const { page, browser, service } = await startWebTest(t, { path: "/?show=trash" });
	assert.equal(page.url(), `${service.url}/?show=trash`);
	const stranger = await (await browser.newContext()).newPage();
	await stranger.goto(service.url);
	await stranger.getByRole("heading", { name: "Who is there?" }).waitFor();
	await stranger.getByLabel("Link").fill("https://elsewhere/#not-the-secret");
	await stranger.getByRole("button", { name: "Sign in" }).click();
	await stranger.getByRole("alert").waitFor();
	await stranger.getByLabel("Link").fill(`${service.url}/#${service.access.linkSecret}`);
	await stranger.getByRole("button", { name: "Sign in" }).click();
	await stranger.getByRole("heading", { level: 1, name: "Library" }).waitFor();
});

test("files that are dropped arrive whole, one that is no audio says why, one that is known is not doubled", async (t) => {
	const { page, service } = await startWebTest(t, { works: false });
	const wav = (await readFile(sample.path)).toString("base64");
	await page.getByRole("heading", { name: "Nothing is kept here yet" }).waitFor();
	const drop = (files: { name: string; base64: string }[]) =>
		page.evaluate((given) => {
			const transfer = new DataTransfer();
			for (const { name, base64 } of given) {
				const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
				transfer.items.add(new File([bytes], name, { type: "audio/wav" }));
			}
			document.body.dispatchEvent(
				new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }),
			);
		}, files);
	const text = Buffer.from("this is no audio at all").toString("base64");
	await drop([
		{ name: "speech.wav", base64: wav },
		{ name: "letter.txt", base64: text },
	]);
	const uploads = page.getByRole("region", { name: "Files on their way" });
	await uploads.getByText("Kept. This file may go").waitFor();
	const refused = uploads.getByRole("listitem").filter({ hasText: "letter.txt" });
	await refused.getByText("is not imported as audio").waitFor();
	// Nothing would come of it: it stays a letter.
	assert.equal(await refused.getByRole("button", { name: "Try again" }).count(), 0);
	await rows(page).filter({ hasText: "speech" }).waitFor();
	await drop([{ name: "again.wav", base64: wav }]);
	await uploads.getByText("Was here already: the same audio").waitFor();
	assert.equal((await service.app.library.catalogue.list({ limit: 10 })).recordings.length, 1);
	// What is pasted into a field is the field's, anywhere else it is a file like any other.
	const paste = (element: Element, name: string) => {
		const clipboardData = new DataTransfer();
		clipboardData.items.add(new File(["no audio"], name));
		element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
	};
	await page.getByRole("searchbox").evaluate(paste, "in-a-field.txt");
	await page.getByRole("main").evaluate(paste, "beside.txt");
	await uploads.getByText("beside.txt").first().waitFor();
	assert.equal(await uploads.getByText("in-a-field.txt").count(), 0);
});

test("what is added elsewhere appears by itself, and what was said in it stays text", async (t) => {
	const { page, service, complaints } = await startWebTest(t, { works: false });
	await page.getByRole("heading", { name: "Nothing is kept here yet" }).waitFor();
	const hostile = '<img src=x onerror="document.title=1"><script>1</script>';
	await publishBytes(service.app.library, exampleWav(1), { title: hostile });
	await rows(page).filter({ hasText: hostile }).waitFor();
	assert.equal(await page.locator("article img, article script").count(), 0);
	await page.getByRole("searchbox").fill("onerror");
	await page.locator("mark", { hasText: "onerror" }).waitFor();
	assert.equal(await page.locator("article img, article script").count(), 0);
	assert.equal(await page.title(), "Library · Onwax");
	assert.deepEqual(complaints, []);
});

test("ten thousand recordings are scrolled through, and a recording leads back to its row", async (t) => {
	const { page, service } = await startWebTest(t, { works: false });
	await fill(service.app.library.catalogue, 10_000);
	await page.reload();
	await rows(page).first().waitFor();
	const shown = () => page.evaluate(() => document.documentElement.scrollHeight);
	for (let loaded = 1; loaded <= 6; loaded += 1) {
		const before = await shown();
		await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
		await page.waitForFunction(
			(height) => document.documentElement.scrollHeight > height + 5_000,
			before,
		);
	}
	assert.ok((await rows(page).count()) < 60, "only what is seen is drawn");
	const row = rows(page).nth(15);
	const title = await row.getByRole("heading").textContent();
	await row.getByRole("link").click();
	await page.waitForURL(/\/recordings\//);
	await page.goBack();
	await page.getByRole("heading", { name: title ?? "", exact: true }).waitFor();
});

test("keys: search, rows, selection, trash with undo; never while somebody types", async (t) => {
	const { page, service } = await startWebTest(t, { works: false });
	for (const seed of [1, 2, 3]) {
		await publishBytes(service.app.library, exampleWav(seed), { title: `memo ${seed}` });
	}
	await rows(page).nth(2).waitFor();
	await page.keyboard.press("/");
	await page.keyboard.type("memo x#j?");
	assert.equal(await page.getByRole("searchbox").inputValue(), "memo x#j?");
	await page.getByRole("heading", { name: "Nothing was found" }).waitFor();
	await page.keyboard.press("Escape");
	await rows(page).nth(2).waitFor();
	await page.keyboard.press("Escape");
	await page.keyboard.press("j");
	await page.keyboard.press("x");
	await page.keyboard.press("j");
	await page.keyboard.press("j");
	await page.keyboard.press("Shift+X");
	await page.getByText("3 selected").waitFor();
	await page.keyboard.press("Escape");
	await page.keyboard.press("k");
	await page.keyboard.press("#");
	await page.getByText("1 recording moved to the trash.").waitFor();
	await page.waitForFunction(() => document.querySelectorAll("article").length === 2);
	await page.getByRole("button", { name: "Undo" }).click();
	await rows(page).nth(2).waitFor();
	await page.keyboard.press("?");
	await page.getByRole("dialog", { name: "Keys" }).waitFor();
	await page.keyboard.press("Escape");
	await page.keyboard.press("g");
	await page.keyboard.press("q");
	await page.waitForURL(/\/queue$/);
});

test("tags, filters and the trash: what the address says is what is shown", async (t) => {
	const { page, service } = await startWebTest(t, { works: false });
	for (const seed of [1, 2]) {
		await publishBytes(service.app.library, exampleWav(seed), { title: `memo ${seed}` });
	}
	await rows(page).filter({ hasText: "memo 1" }).getByRole("checkbox").check();
	await page.getByRole("button", { name: "Tag", exact: true }).click();
	await page.getByLabel("Tags").fill("sea, interview");
	await page.getByRole("button", { name: "Add", exact: true }).click();
	await rows(page).filter({ hasText: "interview" }).waitFor();
	await page.getByLabel("Only with the tag").selectOption("sea");
	await page.waitForURL(/tag=sea/);
	await page.waitForFunction(() => document.querySelectorAll("article").length === 1);
	await page.reload();
	await rows(page).filter({ hasText: "memo 1" }).waitFor();
	assert.equal(await rows(page).count(), 1);
	await rows(page).getByRole("checkbox").check();
	await page.getByRole("button", { name: "Trash" }).click();
	await page.getByRole("heading", { name: "No recording has these tags" }).waitFor();
	await page.getByRole("button", { name: "Show all recordings" }).click();
	await page.getByRole("radio", { name: "Trash" }).check();
	await rows(page).filter({ hasText: "memo 1" }).getByRole("checkbox").check();
	await page.getByRole("button", { name: "Delete for good" }).click();
	await page.getByRole("button", { name: "Delete 1 recording for good" }).click();
	await page.getByRole("heading", { name: "The trash is empty" }).waitFor();
	assert.equal((await service.app.library.catalogue.list({ limit: 10 })).recordings.length, 1);
});

test("a service that is gone is said calmly; back again, what was missed is there", async (t) => {
	const { page, context, service } = await startWebTest(t, { works: false });
	await page.getByRole("heading", { name: "Nothing is kept here yet" }).waitFor();
	await context.setOffline(true);
	await page.getByText("This device is offline.").waitFor();
	await publishBytes(service.app.library, exampleWav(1), { title: "meanwhile" });
	await context.setOffline(false);
	await page.getByText("This device is offline.").waitFor({ state: "detached" });
	await rows(page).filter({ hasText: "meanwhile" }).waitFor();
	await service.close();
	await page.getByText("Onwax does not answer.").waitFor();
});

test("how far a text is shows while it is written; a failure shows its reason, and is asked again", async (t) => {
	const { page, service } = await startWebTest(t, { works: false });
	await publishBytes(service.app.library, exampleWav(1), { title: "long talk" });
	const row = rows(page).filter({ hasText: "long talk" });
	await row.getByText("Waiting for its text").waitFor();
	const [recording] = (await service.app.library.catalogue.list({ limit: 1 })).recordings;
	assert.ok(recording);
	const { metadata, transcript } = recording;
	const { name } = metadata;
	// Again and again, as an engine does: the change that made the recording may be heard of in between.
	const telling = setInterval(() => {
		service.service.events.tell({
			...{ type: "transcribing", name, doneSeconds: 30, durationSeconds: 120 },
		});
	}, 50);
	t.after(() => clearInterval(telling));
	const progress = row.getByRole("progressbar", { name: "Writing the text" });
	assert.equal(await progress.getAttribute("aria-valuetext"), "25 %");
	clearInterval(telling);
	const error = { code: "ERR_ENGINE_TIMEOUT", message: "The engine did not answer.", hint: null };
	await service.app.library.catalogue.put([
		{ metadata: { ...metadata, revision: 2, state: "failed", error }, transcript },
	]);
	await row.getByText("No text: The engine did not answer").waitFor();
	assert.equal(await progress.count(), 0);
	await row.getByRole("button", { name: "Try again" }).waitFor();
});

test("a new title meanwhile does not hide how far the text is", async (t) => {
	const command = [process.execPath, "-e", "setInterval(() => {}, 1000)", "{audio}"];
	const { page, service } = await startWebTest(t, {
		settings: { engine: "endless", engines: { endless: { type: "command", command } } },
	});
	const sent = await service.ask("/api/v1/recordings?filename=long talk.wav", {
		method: "POST",
		body: new Uint8Array(exampleWav(1)),
		headers: { "content-type": "audio/wav" },
	});
	assert.equal(sent.status, 201);
	const { name } = (await sent.json()) as { name: string };
	const isRunning = async () => {
		const { jobs } = (await (await service.ask(`/api/v1/recordings/${name}/jobs`)).json()) as {
			jobs: { kind: string; state: string }[];
		};
		return jobs.some(({ kind, state }) => kind === "transcribe" && state === "running");
	};
	while (!(await isRunning())) await new Promise((resolve) => setTimeout(resolve, 50));
	const row = rows(page).filter({ hasText: "talk" });
	const progress = row.getByRole("progressbar", { name: "Writing the text" });
	await row.waitFor();
	const tell = (doneSeconds: number) =>
		service.service.events.tell({ type: "transcribing", name, doneSeconds, durationSeconds: 120 });
	tell(30);
	await progress.waitFor();
	const asked = page.waitForResponse((response) => response.url().endsWith(`${name}/jobs`));
	const changed = await service.ask(`/api/v1/recordings/${name}`, {
		method: "PATCH",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ title: "short talk" }),
	});
	assert.equal(changed.status, 200);
	await row.getByText("short talk").waitFor();
	await asked;
	assert.equal(await progress.getAttribute("aria-valuetext"), "25 %");
	// Ended by somebody: nothing is being written any more.
	await service.ask(`/api/v1/recordings/${name}/cancel`, { method: "POST" });
	await row.getByText("No text: cancelled by you").waitFor();
	assert.equal(await progress.count(), 0);
});

test("of many files the few that something happens to are shown, above a library that stays in sight", async (t) => {
	const { page, context } = await startWebTest(t, { works: false });
	await page.getByRole("heading", { name: "Nothing is kept here yet" }).waitFor();
	// Never answered: they stay on their way.
	await context.route("**/api/v1/uploads*", () => {});
	await page.evaluate(() => {
		const data = new DataTransfer();
		for (let at = 0; at < 50; at += 1) data.items.add(new File([`${at}`], `memo ${at}.wav`));
		document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
	});
	const uploads = page.getByRole("region", { name: "Files on their way" });
	await uploads.getByText("45 more wait their turn").waitFor();
	assert.equal(await uploads.locator("> ul > li").count(), 5);
});

test("what is moved while Onwax is away stays where it was", async (t) => {
	const { page, service, context } = await startWebTest(t, { works: false });
	await publishBytes(service.app.library, exampleWav(1), { title: "memo" });
	await rows(page).getByRole("checkbox").check();
	await context.route("**/api/v1/**", (route) => route.abort());
	await page.getByRole("button", { name: "Trash" }).click();
	await page.getByText("Nothing was moved. Onwax cannot be reached.").waitFor();
	await rows(page).filter({ hasText: "memo" }).waitFor();
});

test("axe finds nothing, and no width makes the page scroll sideways", async (t) => {
	const { page, browser, service } = await startWebTest(t, { works: false });
	await publishBytes(service.app.library, exampleWav(1), { title: "memo", tags: ["sea"] });
	await rows(page).first().waitFor();
	const phone = await openPhone(browser, service);
	await rows(phone).first().waitFor();
	for (const shown of [page, phone]) {
		await shown.getByRole("checkbox").first().check();
		assert.deepEqual(await allFindings(shown), []);
		assert.equal(await sidewaysPixels(shown), 0);
	}
});
