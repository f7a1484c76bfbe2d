import assert from "node:assert/strict";
import { readdir, readFile, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
	context,
	edit,
	flip,
	kindsOf,
	repair,
	snapshot,
	transcribed,
} from "../../test/repair-fixture.ts";
import { openTempLibrary, publishOne } from "../../test/temp-library.ts";
import {
	exampleWav,
	folderOf,
	publishTranscribed,
	readText,
} from "../../test/transcribed-recording.ts";
import { hashFile } from "../durable/hash-file.ts";
import { type RepairContext, repairRecording } from "./repair-recording.ts";
import { validateRecording } from "./validate-recording.ts";

test("a healthy recording has no findings, and a repair leaves every byte of it", async (t) => {
	const { library, name, folder } = await transcribed(t);
	const before = await snapshot(folder);
	assert.deepEqual(await kindsOf(library, name), []);
	assert.deepEqual(await repair(library, name), []);
	assert.deepEqual(await snapshot(folder), before);
});

test("random damage is named by its file, audio is never lost, and a second repair does nothing", async (t) => {
	const library = await openTempLibrary(t);
	let seed = 100;
	const damage = fc.record({
		which: fc.nat(5),
		how: fc.constantFrom("flip", "truncate", "remove"),
		at: fc.nat(100_000),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 2 }), async (damages) => {
			seed += 1;
			const name = await publishTranscribed(library, exampleWav(seed));
			const folder = await folderOf(library, name);
			const whole = await snapshot(folder);
			const audioBefore = (await readFile(join(folder, "audio.wav"))).subarray(44);
			for (const { which, how, at } of damages) {
				const file = Object.keys(whole)[which] ?? "";
				const path = join(folder, file);
				if (how === "remove") await rm(path, { force: true });
				else if (how === "flip") await edit(path, flip(at)).catch(() => undefined);
				else await truncate(path, at % 40).catch(() => undefined);
			}
			const now = await snapshot(folder);
			const changed = Object.keys(whole).filter((file) => now[file] !== whole[file]);
			const { findings } = await validateRecording(library, name, context);
			const named = new Set(findings.map(({ file }) => file));
			const isReadable = !changed.includes("metadata.json");
			assert.deepEqual(
				[...named].filter((file) => file !== null).sort(),
				isReadable ? changed.sort() : ["metadata.json"],
			);
			const result = await repair(library, name);
			const place = await folderOf(library, name).catch(() => folder);
			if (!changed.includes("audio.wav")) {
				const audio = await readFile(join(place, "audio.wav"));
				assert.deepEqual(audio.subarray(44), audioBefore);
			} else if (now["audio.wav"]) {
				assert.ok(Object.keys(await snapshot(place)).includes("audio.wav"));
			}
			const left = (await validateRecording(library, name, context)).findings;
			assert.deepEqual(
				left.map(({ kind, file }) => [kind, file]),
				result.filter((one) => !one.repaired).map(({ kind, file }) => [kind, file]),
			);
			const afterFirst = await snapshot(place);
			await repair(library, name);
			assert.deepEqual(await snapshot(place), afterFirst);
		}),
		{ numRuns: 40 },
	);
});

test("a wrong reading that does not come again is no damage", async (t) => {
	const { library, name } = await transcribed(t);
	let readings = 0;
	const readFacts: RepairContext["readFacts"] = async (path, options) => {
		const facts = await hashFile(path, options);
		readings += 1;
		return readings === 1 ? { ...facts, sha256: "0".repeat(64) } : facts;
	};
	const { findings } = await validateRecording(library, name, { ...context, readFacts });
	assert.deepEqual(findings, []);
});

test("a disk error makes a file suspect, never empty, and a repair leaves it alone", async (t) => {
	const { library, name, folder } = await transcribed(t);
	const readFacts: RepairContext["readFacts"] = async (path, options) => {
		if (/audio\.wav|transcript\.json$/.test(path)) {
			throw Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
		}
		return hashFile(path, options);
	};
	const before = await snapshot(folder);
	const failing = { ...context, readFacts };
	const examined = await validateRecording(library, name, failing);
	assert.deepEqual(
		examined.findings.map(({ kind }) => kind),
		["unreadable", "unreadable"],
	);
	await repairRecording(library, name, examined, failing);
	assert.deepEqual(await snapshot(folder), before);
});

test("a recording whose folder is gone is named, and not forgotten by a repair", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	await rm(await folderOf(library, name), { recursive: true });
	await repair(library, name);
	assert.deepEqual(await kindsOf(library, name), ["missing-recording"]);
	const unknown = name.replace(/.{6}$/, "zzzzzz");
	await assert.rejects(validateRecording(library, unknown, context), { code: "ERR_NOT_FOUND" });
});

test("links and strangers in a folder are named and never followed or removed", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await writeFile(join(folder, "notes.txt"), "mine");
	await rename(join(folder, "transcript.json"), join(library.layout.data, "elsewhere.json"));
	await symlink(join(library.layout.data, "elsewhere.json"), join(folder, "transcript.json"));
	const expected = ["not-a-file transcript.json", "unlisted-file notes.txt"];
	assert.deepEqual(await kindsOf(library, name), expected);
	const before = await readText(library.layout.data, "elsewhere.json");
	await repair(library, name);
	assert.deepEqual(await kindsOf(library, name), expected);
	assert.equal(await readText(library.layout.data, "elsewhere.json"), before);
});

test("half-written files of a living process are no findings", async (t) => {
	const { library, name, folder } = await transcribed(t);
	await writeFile(join(folder, ".audio.flac.00000000.part"), "");
	assert.deepEqual(await kindsOf(library, name), []);
	await repair(library, name);
	assert.ok((await readdir(folder)).includes(".audio.flac.00000000.part"));
});
