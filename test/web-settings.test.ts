/**
 * The settings in a real browser, over a real service: what is changed there counts in the service, what
 * is refused says why and loses nothing that was typed, and a secret is shown once and opens what it says.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { replaceRules } from "../src/app/lexicon-rules.ts";
import { startFakeModelServer } from "./fake-model-server.ts";
import { publishBytes } from "./temp-library.ts";
import { makeToneModel } from "./tone-model.ts";
import { exampleOutput, exampleWav, publishTranscribed } from "./transcribed-recording.ts";
import { allFindings } from "./web/axe.ts";
import { openPhone, sidewaysPixels, signInByLink, startWebTest } from "./web/browser.ts";

const [firstWord = ""] = exampleOutput.text.split(" ");

function part(page: Page, title: string) {
	return page
		.locator("section")
		.filter({ has: page.getByRole("heading", { level: 2, name: title, exact: true }) });
}

test("engines are tried; a model that is fetched can be stopped, and says why it did not arrive", async (t) => {
	const fake = await startFakeModelServer(t);
	fake.put("3dspeaker_speech_campplus_sv_en_voxceleb_16k.onnx", Buffer.alloc(30_000_000));
	const says = [process.execPath, "-e", "process.stdout.write('hello')", "{audio}"];
	const breaks = [process.execPath, "-e", "process.exit(3)", "{audio}"];
	const { page, complaints } = await startWebTest(t, {
		path: "/settings",
		works: false,
		settings: {
			engine: ["first", "second"],
			engines: {
				first: { type: "command", command: breaks },
				second: { type: "command", command: says },
			},
			model: { mirror: fake.address },
		},
	});
	const engines = part(page, "Who writes the texts").getByRole("listitem");
	await engines.filter({ hasText: "1. first" }).waitFor();
	await page.getByRole("button", { name: "Test second" }).click();
	await engines.nth(1).getByText("hello", { exact: true }).waitFor();
	await page.getByRole("button", { name: "Test first" }).click();
	await engines.nth(0).getByRole("alert").getByText("No recording was touched.").waitFor();

	const model = part(page, "Models").getByRole("listitem").filter({ hasText: "campplus-en" });
	fake.script.push({ stallAfter: 1000 });
	await model.getByRole("button", { name: "Fetch campplus-en" }).click();
	await model.getByRole("progressbar").waitFor();
	await page.getByRole("button", { name: "Stop fetching campplus-en" }).click();
	await model.getByRole("button", { name: "Fetch campplus-en" }).click();
	await model.getByText("its SHA-256 is another one").waitFor();
	await model.getByRole("button", { name: "Go on campplus-en" }).waitFor();
	assert.deepEqual(complaints, []);
});

test("a model that is here is chosen to write new texts, and engines are put in order", async (t) => {
	const { page, service } = await startWebTest(t, { works: false });
	const { models } = service.app.library.layout;
	await makeToneModel(join(models, "tones"));
	await makeToneModel(join(models, "tunes"));
	const choose = async (menu: string, entry: string) => {
		await page.getByRole("button", { name: menu }).click();
		await page.getByRole("menuitem", { name: entry }).click();
	};
	const order = () => service.service.app.config.engine;
	await page.goto(`${service.url}/settings/engine`);
	// Onwax itself has found tones; an engine that reads tunes takes its place.
	await choose("More about tunes", "Write new texts with it");
	await page.getByText("New recordings are written down with tunes.").waitFor();
	assert.deepEqual(order(), ["tunes"]);
	await choose("More about tones", "Write new texts with it");
	const engines = part(page, "Who writes the texts").getByRole("listitem");
	await engines.filter({ hasText: "1. tones" }).waitFor();
	assert.deepEqual(order(), ["tones", "tunes"]);
	await choose("When tunes is asked", "Ask it first");
	await engines.filter({ hasText: "1. tunes" }).waitFor();
	assert.deepEqual(order(), ["tunes", "tones"]);
	await page.getByRole("button", { name: "Let Onwax choose" }).click();
	await page.getByRole("button", { name: "Let Onwax choose" }).waitFor({ state: "detached" });
	assert.equal(order(), null);
});

test("a lexicon is written, tried, applied after a look, and taken back", async (t) => {
	const { page, service, complaints } = await startWebTest(t, {
		path: "/settings/lexicon",
		works: false,
	});
	const { library } = service.app;
	const recording = await publishTranscribed(library, exampleWav(1));
	const textNow = async () => (await library.catalogue.get(recording))?.transcript?.text ?? "";
	const before = await textNow();

	await page.getByRole("button", { name: "New lexicon" }).click();
	await page.getByRole("button", { name: "Write its rules" }).click();
	await page.getByLabel("Rule 1: where it says").fill("(");
	await page.getByLabel("Rule 1: write").fill("<b>Corrected</b>");
	await page.getByLabel("Rule 1: kind").selectOption("regex");
	await page.getByRole("button", { name: "Save rules" }).click();
	await page.getByRole("alert").getByText("What you typed is still here.").waitFor();
	assert.equal(await page.getByLabel("Rule 1: where it says").inputValue(), "(");
	await page.getByLabel("Rule 1: where it says").fill(firstWord);
	await page.getByLabel("Rule 1: kind").selectOption("words");
	await page.getByRole("button", { name: "Save rules" }).click();
	await part(page, "History").getByText("Version 1").waitFor();

	await page.getByLabel("A text").fill(`${firstWord} is here`);
	await page.getByRole("button", { name: "Correct it" }).click();
	// What a rule writes stays text.
	await page.locator("ins", { hasText: "<b>Corrected</b>" }).waitFor();
	assert.equal(await page.locator("ins b").count(), 0);

	// Somebody else saves while this page has something typed: neither is lost without a word.
	await page.getByLabel("Rule 1: write").fill("Mine");
	await replaceRules(
		library.layout.lexicons,
		"names",
		[{ from: "other", to: "theirs", kind: "words" }],
		1,
	);
	await page.getByRole("button", { name: "Save rules" }).click();
	await page.getByText("Version 2 was saved elsewhere meanwhile.").waitFor();
	await page.getByRole("link", { name: "All lexicons" }).click();
	await page.getByRole("link", { name: "names" }).click();
	assert.equal(await page.getByLabel("Rule 1: write").inputValue(), "Mine");
	await page.getByRole("button", { name: "Save mine in its place" }).click();
	await part(page, "History").getByText("Version 3").waitFor();

	await page.getByRole("link", { name: "All lexicons" }).click();
	await page.getByRole("button", { name: "See what would change" }).click();
	const dialog = page.getByRole("dialog");
	await dialog.locator("ins", { hasText: "Mine" }).first().waitFor();
	assert.equal(await textNow(), before);
	await dialog.getByRole("button", { name: "Correct 1 text" }).click();
	await page.getByText("1 text corrected.").waitFor();
	assert.match(await textNow(), /^Mine/);
	await page.getByRole("button", { name: "Undo" }).last().click();
	await page.getByText("1 text read as before.").waitFor();
	assert.equal(await textNow(), before);
	assert.deepEqual(complaints, []);
});

test("a token's secret is shown once and opens what it says, until it is revoked", async (t) => {
	const { page, service } = await startWebTest(t, { path: "/settings/access", works: false });
	await page.getByRole("button", { name: "New token" }).click();
	await page.getByLabel("What is it for").fill("phone");
	await page.getByRole("checkbox", { name: "Read" }).check();
	await page.getByRole("checkbox", { name: "Add" }).uncheck();
	await page.getByRole("button", { name: "Make the token" }).click();
	const secret = await page.getByRole("textbox", { name: "Token" }).inputValue();
	await page.getByRole("button", { name: "Done" }).click();
	const row = page
		.getByRole("list", { name: "Tokens" })
		.getByRole("listitem")
		.filter({ hasText: "phone" });
	await row.waitFor();
	assert.equal((await page.content()).includes(secret), false);
	const asks = async (path: string) => {
		const headers = { authorization: `Bearer ${secret}` };
		return (await fetch(`${service.url}${path}`, { headers })).status;
	};
	assert.equal(await asks("/api/v1/status"), 200);
	assert.equal(await asks("/api/v1/tokens"), 403);
	await row.getByRole("button", { name: "Revoke phone" }).click();
	await page.getByRole("button", { name: "Revoke this token" }).click();
	await row.waitFor({ state: "detached" });
	assert.equal(await asks("/api/v1/status"), 401);

	await page.getByLabel("New password").fill("a sentence to remember");
	await page.getByRole("button", { name: "Set the password" }).click();
	await page.getByText("A password is set.").waitFor();
	await page.getByLabel("Password that counts now").fill("not that one");
	await page.getByRole("button", { name: "Remove it" }).click();
	await page.getByRole("alert").getByText("That is not the password that counts now.").waitFor();
	assert.equal((await service.access.state()).hasPassword, true);
});

test("retention says what it would do before and after it counts; the environment's word is not changed here", async (t) => {
	const { page, service } = await startWebTest(t, {
		path: "/settings/retention",
		works: false,
		variables: { ONWAX_AUTO_CLEANUP: "false" },
	});
	await publishBytes(service.app.library, exampleWav(1), { title: "memo" });
	const automatic = page.getByRole("switch", { name: "Clean up by itself" });
	await automatic.waitFor();
	assert.equal(await automatic.isDisabled(), true);
	await page.getByText("ONWAX_AUTO_CLEANUP in the service's environment sets it").waitFor();

	await page.getByRole("radio", { name: "A rule of your own" }).check();
	await page.getByLabel("With a text, days").fill("soon");
	await page.getByRole("alert").getByText("no number of days").waitFor();
	await page.getByLabel("With a text, days").fill("14");
	await page.getByText("No recording is so old now").waitFor();
	await page.getByRole("button", { name: "Save the rule" }).click();
	await page.getByText("The new rule counts from now on.").waitFor();
	assert.deepEqual(service.service.app.config.retention, { successDays: 14 });
	await page.getByRole("button", { name: "Undo" }).click();
	await page.getByRole("radio", { name: "Keep everything", checked: true }).waitFor();
	await part(page, "What a cleanup would do now").getByText("Everything stays").waitFor();

	const keep = page.getByRole("switch", { name: "Keep recordings whose text is there" });
	await page.route("**/api/v1/settings", (route) =>
		route.request().method() === "PATCH" ? route.abort() : route.continue(),
	);
	await keep.click();
	await page.getByText("Onwax cannot be reached.").first().waitFor();
	await page
		.getByRole("switch", { name: "Keep recordings whose text is there", checked: true })
		.waitFor();
	assert.equal(service.service.app.config.keepSuccess, true);
});

test("any setting is found; a value that is refused stays in its field with the reason", async (t) => {
	const { page, service } = await startWebTest(t, { path: "/settings/all", works: false });
	await page.getByLabel("Find a setting").fill("maxattempts");
	const row = page.getByRole("main").getByRole("listitem").filter({ hasText: "retry.maxAttempts" });
	const field = row.getByLabel("retry.maxAttempts", { exact: true });
	await field.fill("0");
	await row.getByRole("button", { name: "Save" }).click();
	await row.getByRole("alert").getByText("The value before counts.").waitFor();
	assert.equal(await field.inputValue(), "0");
	assert.equal(service.service.app.config.retry.maxAttempts, 3);
	await field.fill("5");
	await row.getByRole("button", { name: "Save" }).click();
	await row.getByText("set here").waitFor();
	assert.equal(service.service.app.config.retry.maxAttempts, 5);
	await row.getByRole("button", { name: "Use the default of retry.maxAttempts" }).click();
	await row.getByText("default", { exact: true }).waitFor();
	assert.equal(service.service.app.config.retry.maxAttempts, 3);
	// What decides who can reach the service has no field here.
	await page.getByLabel("Find a setting").fill("server.host");
	const host = page.getByRole("main").getByRole("listitem").filter({ hasText: "server.host" });
	await host.getByText("Not changed here.").waitFor();
	assert.equal(await host.getByRole("textbox").count(), 0);
});

test("axe finds nothing in any part, and no width makes it scroll sideways", async (t) => {
	const { page, browser, service } = await startWebTest(t, { works: false });
	await replaceRules(
		service.app.library.layout.lexicons,
		"names",
		[{ from: "cooper netties", to: "Kubernetes", kind: "words" }],
		0,
	);
	const phone = await openPhone(browser, service);
	const paths = ["engine", "lexicon", "lexicon/names", "retention", "access", "all", "about"];
	for (const shown of [page, phone]) {
		for (const path of paths) {
			await shown.goto(`${service.url}/settings/${path}`);
			await shown.getByRole("heading", { level: 2 }).first().waitFor();
			await shown.waitForFunction(() => !document.querySelector("main [class*=skeleton]"));
			assert.equal(await sidewaysPixels(shown), 0, path);
			// The same elements in the other light: the parts with the most of them say enough.
			if (shown === phone && path !== "engine" && path !== "lexicon/names") continue;
			assert.deepEqual(await allFindings(shown), [], path);
		}
	}
});

test("every browser that is signed in is listed, and one that is shown the door has to ask anew", async (t) => {
	const { page, browser, service } = await startWebTest(t, {
		path: "/settings/access",
		works: false,
	});
	const phone = await browser.newContext({
		serviceWorkers: "block",
		userAgent: "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
	});
	const other = await phone.newPage();
	await signInByLink(other, service);
	await page.reload();
	const sessions = page.getByRole("list", { name: "Signed in" }).getByRole("listitem");
	await sessions.filter({ hasText: "Chrome on Linux" }).getByText("this browser").waitFor();
	await page.getByRole("button", { name: "Sign out Firefox on Android" }).click();
	await page.getByText("Firefox on Android is signed out.").waitFor();
	await page.waitForFunction(
		() => document.querySelectorAll('[aria-label="Signed in"] > li').length === 1,
	);
	await other.reload();
	await other.getByRole("heading", { name: "Who is there?" }).waitFor();
	await page.getByRole("button", { name: "Sign out", exact: true }).click();
	await page.getByRole("heading", { name: "Who is there?" }).waitFor();
});
