import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startFakeOpenai } from "./fake-openai.ts";
import { type Home, tempHome } from "./onwax-process.ts";
import { exampleWav } from "./transcribed-recording.ts";

async function importOne(home: Home, seed: number): Promise<Awaited<ReturnType<Home["onwax"]>>> {
	const path = join(home.folder, `${seed}.wav`);
	await writeFile(path, exampleWav(seed));
	return home.onwax(["import", path]);
}

test("onwax engine list shows the order, the conditions, the breaker and who is asked now", async (t) => {
	const home = await tempHome(t);
	const dead = await startFakeOpenai({ otherwise: { status: 503 } });
	t.after(() => dead.close());
	await home.configure({
		engine: ["lan", "short", "mine"],
		engines: {
			lan: { type: "openai", baseUrl: dead.baseUrl },
			short: {
				type: "command",
				command: [process.execPath, "{audio}"],
				when: { maxSeconds: 5, languages: ["de"] },
			},
			mine: { type: "command", command: [process.execPath, "-p", "'hello'", "{audio}"] },
			spare: { type: "command", command: ["not-there", "{audio}"] },
		},
		retry: { maxAttempts: 2, delaysSeconds: [0] },
		breaker: { failures: 2, cooldownSeconds: 3600 },
	});
	const first = await home.json(["engine", "list"]);
	assert.deepEqual(
		first.map(({ name, place, chosenNow }) => [name, place, chosenNow]),
		[
			["lan", 1, true],
			["short", 2, false],
			["mine", 3, false],
			["spare", null, false],
		],
	);
	assert.equal(first[1]?.conditions, "only up to 5 s, in de");
	assert.equal(first[1]?.leftOut, "the language is not known");
	const imported = await importOne(home, 1);
	assert.equal(imported.status, 0, imported.stderr);
	await importOne(home, 2);
	assert.equal(dead.requests.length, 2, "the second process left the dead service alone");
	const { stdout } = await home.onwax(["engine", "list"]);
	assert.match(
		stdout,
		/1\. lan[\s\S]*left alone since .*, after 2 failures in a row; it is tried again in/,
	);
	assert.match(stdout, /last failure .*503/);
	assert.match(stdout, /3\. mine {2}ready .*asked first now/);
	assert.match(stdout, /spare {2}not ready[\s\S]*asked only by its name/);
	const [recording] = await home.json(["show", "last"]);
	const transcript = recording?.transcript as { engine: string } | undefined;
	assert.equal(transcript?.engine, "mine");
});
