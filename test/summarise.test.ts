import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FakeChatOptions, startFakeChat } from "./fake-chat.ts";
import { type Home, tempHome } from "./onwax-process.ts";
import { exampleWav } from "./transcribed-recording.ts";

const said = "The press leaks oil every night. Anna calls the supplier on Friday.";

async function scene(t: TestContext, options: FakeChatOptions = {}, settings: object = {}) {
	const home = await tempHome(t);
	const fake = await startFakeChat(options);
	t.after(() => fake.close());
	const chat = { baseUrl: fake.baseUrl, model: "m-1", ...settings };
	await home.engine(`console.log(${JSON.stringify(said)})`, { chat });
	return { home, fake };
}

async function importOne(home: Home, seed = 1): Promise<Awaited<ReturnType<Home["onwax"]>>> {
	const path = join(home.folder, `${seed}.wav`);
	await writeFile(path, exampleWav(seed));
	return home.onwax(["import", path]);
}

test("switched off, as it is by itself, no text is sent anywhere", async (t) => {
	const { home, fake } = await scene(t);
	assert.equal((await importOne(home)).status, 0);
	assert.equal(fake.questions.length, 0);
	const shown = await home.onwax(["summarise", "last", "--show"]);
	assert.equal(shown.status, 0);
	assert.match(shown.stderr, /Nothing was made of .* yet/);
	assert.equal(fake.questions.length, 0);
});

test("switched on, a new text gets its title and summary beside it", async (t) => {
	const { home, fake } = await scene(t, {}, { enabled: true });
	const imported = await importOne(home);
	assert.equal(imported.status, 0, imported.stderr);
	assert.match(imported.stdout, /leaks oil/);
	assert.deepEqual(
		fake.questions.map((one) => one.transcript),
		[said, said],
	);
	const [made] = await home.json(["summarise", "last", "--show"]);
	assert.deepEqual([made?.title, made?.summary], ["About wax", "Somebody speaks about wax."]);
	const [recording] = await home.json(["show", "last"]);
	const transcript = recording?.transcript as { text: string } | undefined;
	assert.equal(transcript?.text, said);
	assert.equal(recording?.title, null, "a suggestion is no title");
	const chat = recording?.chat as { title: string; summary: string } | undefined;
	assert.deepEqual([chat?.title, chat?.summary], [made?.title, made?.summary]);
	const { stdout } = await home.onwax(["show", "last"]);
	assert.match(
		stdout,
		/leaks oil[\s\S]*Suggested title[\s\S]*About wax[\s\S]*Summary[\s\S]*Somebody speaks about wax\./,
	);
	const text = await home.onwax(["show", "last", "--text"]);
	assert.equal(text.stdout.trim(), said);
});

test("by hand: what was made is told, and the exit status says whether all of it is there", async (t) => {
	const { home, fake } = await scene(t);
	await importOne(home);
	const done = await home.onwax(["summarise", "last", "--task", "clean-up", "--task", "title"]);
	assert.equal(done.status, 0, done.stderr);
	assert.match(
		done.stdout,
		/Suggested title.*by m-1[\s\S]*About wax[\s\S]*Cleaned up[\s\S]*leaks oil/,
	);
	fake.answer({ content: '{"text":"The press leaks oil every night."}' });
	const refused = await home.onwax(["summarise", "last", "--task", "clean-up", "--again"]);
	assert.equal(refused.status, 1);
	assert.match(
		refused.stdout,
		/The newest answer was not used\..*a sentence is missing: “anna calls the supplier on friday”/,
	);
	assert.match(refused.stdout, /The newest answer was not used\./);
	assert.match(refused.stdout, /leaks oil every night\. Anna/, "what was made before still stands");
	const text = await home.onwax(["show", "last", "--text"]);
	assert.equal(text.stdout.trim(), said);
	// Another shape than it wrote: the program has nothing then, and says so.
	const [recording] = await home.json(["show", "last"]);
	const path = join(dirname(String(recording?.path)), "chat.json");
	await writeFile(path, '{"format":1,"results":{"title":null}}');
	const shown = await home.onwax(["summarise", "last", "--show"]);
	assert.equal(shown.status, 0, shown.stderr);
	assert.match(shown.stderr, /Nothing was made of/);
});

test("a model that hangs keeps nobody: the text is told, one note says what comes later", async (t) => {
	const { home, fake } = await scene(t, { otherwise: "hang" }, { enabled: true });
	const imported = await importOne(home);
	assert.equal(imported.status, 0, imported.stderr);
	assert.match(imported.stdout, /leaks oil/);
	assert.equal(imported.stderr.match(/The chat model has not answered yet/g)?.length, 1);
	fake.answer("ok");
	const [made] = await home.json(["summarise", "last"]);
	assert.equal(made?.title, "About wax");
});

test("a service that is down keeps nobody from the text, and the recording is well", async (t) => {
	const { home } = await scene(t, { otherwise: { status: 500 } }, { enabled: true });
	const imported = await importOne(home);
	assert.equal(imported.status, 0, imported.stderr);
	assert.match(imported.stdout, /leaks oil/);
	const [recording] = await home.json(["show", "last"]);
	assert.deepEqual([recording?.state, recording?.error], ["success", null]);
	const byHand = await home.onwax(["summarise", "last"]);
	assert.equal(byHand.status, 1);
	assert.match(byHand.stdout, /could not be asked: .*500/);
	assert.equal((await home.onwax(["validate", "--all"])).status, 0);
});

test("a worker killed at the model's door is followed by one that asks once, and one result", async (t) => {
	const { home, fake } = await scene(t);
	await importOne(home);
	fake.answer("hang");
	const child = home.start(["summarise", "last", "--task", "title"]);
	while (fake.questions.length === 0) await new Promise((done) => setTimeout(done, 5));
	const ended = new Promise((done) => child.once("close", done));
	child.kill("SIGKILL");
	await ended;
	fake.answer("ok");
	const [made] = await home.json(["summarise", "last", "--task", "title"]);
	assert.equal(made?.title, "About wax");
	assert.equal(fake.questions.length, 2);
	await home.json(["summarise", "last", "--task", "title"]);
	assert.equal(fake.questions.length, 2, "and not again");
	const checked = await home.onwax(["validate", "--all"]);
	assert.equal(checked.status, 0, checked.stdout);
});

test("without a model the sentence says how to name one, and nothing is queued", async (t) => {
	const { home } = await scene(t, {}, { model: null });
	await importOne(home);
	const { status, stderr } = await home.onwax(["summarise", "last"]);
	assert.equal(status, 1);
	assert.match(stderr, /No chat model is configured[\s\S]*onwax config set chat\.model/);
});
