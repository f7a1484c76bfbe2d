import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ended, type Home, tempHome } from "../../test/onwax-process.ts";

/** A microphone that hears a tone, in real time and from the first moment. */
const tone = `
	const rate = Number(process.argv[2]);
	let frame = 0;
	const began = performance.now() - 50;
	process.stdout.on("error", () => process.exit());
	setInterval(() => {
		const block = Buffer.alloc(2 * Math.max(0, Math.floor(((performance.now() - began) / 1000) * rate) - frame));
		for (let at = 0; at < block.length; at += 2, frame += 1) {
			block.writeInt16LE(Math.round(8000 * Math.sin(frame / 20)), at);
		}
		process.stdout.write(block);
	}, 20);
`;

/** What the engine hears, and it takes no time for it. */
const engine = `console.log("what was said");`;

async function homeWithMicrophone(
	t: TestContext,
	{ engineScript = engine, settings = {} } = {},
): Promise<Home> {
	const home = await tempHome(t);
	const microphone = join(home.folder, "tone.mjs");
	await writeFile(microphone, tone);
	const command = [process.execPath, microphone, "{sampleRate}"];
	await home.engine(engineScript, { record: { microphone: { command } }, ...settings });
	return home;
}

/** Resolves when something can be stopped. */
async function recording(home: Home): Promise<void> {
	for (;;) {
		const { stderr } = await home.onwax(["resume"]);
		if (/Going on/.test(stderr)) return;
		await sleep(50);
	}
}

const ladderLine =
	/^captured 0:0\d ✓ {2}on disk \d+ kB ✓ {2}hashed [0-9a-f]{6}… ✓ {2}\d{4}-[^\n]+\n$/;
const utf8 = { LANG: "C.UTF-8" };

test("without a terminal the text is on stdout, and on stderr one line says how safe the audio is", async (t) => {
	const home = await homeWithMicrophone(t, { settings: { coverage: { enabled: true } } });
	const ran = await home.onwax(["record", "--max", "0.5s"], { env: utf8 });
	assert.deepEqual([ran.status, ran.stdout], [0, "what was said\n"]);
	// A tone of which the engine of this test makes words: that is told below, and not on stdout.
	const [kept = "", ...others] = ran.stderr.split(/(?<=\n)/);
	assert.match(kept.replace(/ {2}Ended at its maximum of 0\.5 s(?=\n)/, ""), ladderLine);
	assert.deepEqual(
		others.map((line) => line.replace(/,.*\n/, "")),
		["Doubtful: words where nobody speaks"],
	);
});

test("with --json events come as they happen, and last the recording", async (t) => {
	const home = await homeWithMicrophone(t);
	const args = ["record", "--max", "0.5s", "--title", "A talk", "--tag", "Work"];
	const values = await home.json(args);
	const events = values.map(({ event }) => event).filter((event) => event !== "notice");
	assert.deepEqual(events, ["started", "stopped", undefined]);
	assert.equal(values.find(({ event }) => event === "stopped")?.reason, "max-length");
	const last = values.at(-1);
	assert.deepEqual([last?.title, last?.tags, last?.state], ["A talk", ["work"], "success"]);
	assert.equal(last?.durationSeconds, 0.5);
	assert.equal(values[0]?.name, last?.name);
});

test("another process pauses it, goes on with it and ends it; the recorder prints the text", async (t) => {
	const home = await homeWithMicrophone(t);
	const child = home.start(["record"], { env: utf8 });
	const all = ended(child);
	await recording(home);
	const [paused] = await home.json(["pause"]);
	assert.deepEqual([paused?.event, paused?.state], ["paused", "paused"]);
	assert.match((await home.onwax(["resume"])).stderr, /^Going on at/);
	const stopped = await home.onwax(["stop"], { env: utf8 });
	assert.equal(stopped.status, 0);
	assert.match(stopped.stderr, /^captured .* on disk .* ✓ {2}hashed {2}\d{4}/);
	const { status, stdout } = await all;
	assert.deepEqual([status, stdout], [0, "what was said\n"]);
	for (const verb of ["stop", "pause", "resume"]) {
		const none = await home.onwax([verb]);
		assert.equal(none.status, 4);
		assert.match(none.stderr, /Nothing is being recorded/);
	}
});

test("Ctrl-C ends a recording as Enter does; SIGTERM keeps it, and leaves its text for later", async (t) => {
	const home = await homeWithMicrophone(t);
	const run = async (signal: NodeJS.Signals) => {
		const child = home.start(["record"]);
		const all = ended(child);
		await recording(home);
		child.kill(signal);
		return all;
	};
	const interrupted = await run("SIGINT");
	assert.deepEqual([interrupted.status, interrupted.stdout], [0, "what was said\n"]);
	const terminated = await run("SIGTERM");
	assert.deepEqual([terminated.status, terminated.stdout], [3, ""]);
	const states = (await home.json(["list"])).map(({ state }) => state);
	assert.deepEqual(states, ["pending", "success"]);
});

test("a signal while the microphone opens ends it at once, and nothing is kept", async (t) => {
	const home = await tempHome(t);
	const microphone = join(home.folder, "slow.mjs");
	// Opens only after minutes.
	const opening = join(home.folder, "opening");
	await writeFile(
		microphone,
		`import { writeFileSync } from "node:fs";
		setTimeout(() => {}, 600_000);
		writeFileSync(${JSON.stringify(opening)}, "");`,
	);
	const command = [process.execPath, microphone];
	await home.engine(engine, { record: { microphone: { command } } });
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		await rm(opening, { force: true });
		const child = home.start(["record"]);
		const all = ended(child);
		while (!existsSync(opening)) await sleep(20);
		child.kill(signal);
		assert.deepEqual(await all, { status: 130, stdout: "", stderr: "" }, signal);
	}
	assert.deepEqual(await readdir(join(home.dataDir, "recordings", "incoming")), []);
});

test("a recorder that stands still is shown as such", async (t) => {
	const home = await homeWithMicrophone(t);
	const child = home.start(["record", "--no-wait"]);
	const all = ended(child);
	await recording(home);
	child.kill("SIGSTOP");
	const [shown, [status]] = await Promise.all([home.onwax(["status"]), home.json(["status"])]);
	assert.match(shown.stdout, new RegExp(`does not answer: it may be stopped.*${child.pid}`));
	const { state, pid, name } =
		(status?.recording as Record<string, unknown>[] | undefined)?.[0] ?? {};
	assert.deepEqual([state, pid], ["not-answering", child.pid]);
	assert.match(String(name), /^\d{4}-/);
	child.kill("SIGCONT");
	child.kill("SIGTERM");
	await all;
});

test("audio whose folder was removed meanwhile is not called safe", async (t) => {
	const home = await homeWithMicrophone(t);
	const child = home.start(["record"]);
	const all = ended(child);
	await recording(home);
	await rm(home.dataDir, { recursive: true, force: true });
	child.kill("SIGINT");
	const { status, stderr } = await all;
	assert.equal(status, 1);
	assert.match(stderr.replace(/\s+/g, " "), /is lost.* is gone: somebody removed it/);
	assert.doesNotMatch(stderr, /safe/);
});

test("Ctrl-C while the text is made leaves the text for later, and says so", async (t) => {
	const home = await homeWithMicrophone(t, { engineScript: "setInterval(() => {}, 1000)" });
	const child = home.start(["record", "--max", "0.3s", "--json"]);
	const all = ended(child);
	let said = "";
	child.stderr?.on("data", (text) => {
		// The ladder: from here on the engine works.
		if (said === "") child.kill("SIGINT");
		said += text;
	});
	const { status, stdout, stderr } = await all;
	assert.equal(status, 130);
	assert.match(stderr, /The recording is kept/);
	const last = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
	assert.equal(last.state, "pending");
});

test("an engine that there is none of is refused before the microphone opens", async (t) => {
	const home = await homeWithMicrophone(t);
	const refused = await home.onwax(["record", "--engine", "nix"]);
	assert.equal(refused.status, 4);
	assert.equal(existsSync(home.dataDir), false);
});

test("what is wrong with the options is told by name", async (t) => {
	const home = await homeWithMicrophone(t);
	for (const args of [
		["--max", "soon"],
		["--channels", "3"],
		["--rate", "x"],
		["--rate", "999"],
		["--rate", "384001"],
		["--device", ""],
		["--copy", "--no-wait"],
	]) {
		assert.equal((await home.onwax(["record", ...args])).status, 2, args.join(" "));
	}
	for (const args of [
		["stop", ""],
		["device", "test", "--for", "0"],
	]) {
		assert.equal((await home.onwax(args)).status, 2, args.join(" "));
	}
});
