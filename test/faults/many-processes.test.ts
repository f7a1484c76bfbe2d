import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom, testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { createScenario, type Outcome, onwax, type Scenario, tone } from "./scenario.ts";

const importers = 8;
const filesEach = 25;
const filesOfAll = 10;

/** Eight folders with files of their own, and one that everybody imports. */
async function createInputs(scenario: Scenario): Promise<{ folders: string[]; hashes: string[] }> {
	const folders: string[] = [];
	const hashes: string[] = [];
	const write = async (folder: string, count: number, lowest: number) => {
		await mkdir(folder);
		for (let i = 0; i < count; i += 1) {
			const audio = tone(lowest + i, 0.2);
			hashes.push(createHash("sha256").update(audio).digest("hex"));
			await writeFile(join(folder, `tone-${i}.wav`), audio);
		}
	};
	for (let i = 0; i < importers; i += 1) {
		folders.push(join(scenario.inputs, `of-${i}`));
		await write(folders[i] as string, filesEach, 1000 + i * 100);
	}
	await write(join(scenario.inputs, "of-all"), filesOfAll, 3000);
	return { folders, hashes };
}

const config = {
	engine: "said",
	engines: { said: { type: "command", command: ["echo", "the country in {audio}"] } },
};

function assertNotLocked({ stderr, lines }: Outcome): void {
	assert.doesNotMatch(`${stderr}${JSON.stringify(lines)}`, /locked|busy/i);
}

/** What was said to be here: kept now, or known already. */
function acknowledged({ lines }: Outcome): string[] {
	return lines.flatMap(({ outcome, originalSha256 }) =>
		outcome === "kept" || outcome === "known" ? [String(originalSha256)] : [],
	);
}

test("eight processes import at once, two transcribe, one reads: nothing is lost, doubled or locked", async (t) => {
	const scenario = await createScenario(await tempFolder(t), { recordings: 0, config });
	const { folders, hashes } = await createInputs(scenario);
	let importing = true;
	const besideOutcomes: Outcome[] = [];
	const until = async (...commands: string[][]) => {
		for (let i = 0; importing; i += 1) {
			besideOutcomes.push(await onwax(scenario, commands[i % commands.length] as string[]));
		}
	};
	const workers: number[] = [];
	const beside = [
		onwax(scenario, ["worker"], { onStart: (pid) => workers.push(pid) }).then((outcome) => {
			besideOutcomes.push(outcome);
		}),
		until(["retry", "--all", "--pause", "0s"]),
		until(["list", "--limit", "0"], ["search", "country"]),
	];
	const outcomes = await Promise.all(
		folders.map((folder, index) => {
			// Half of them wait for the text as well, and so work on jobs.
			const wait = index % 2 === 0 ? ["--no-wait"] : [];
			return onwax(scenario, ["import", folder, join(scenario.inputs, "of-all"), ...wait]);
		}),
	);
	importing = false;
	for (const pid of workers) process.kill(pid, "SIGTERM");
	await Promise.all(beside);
	for (const outcome of [...outcomes, ...besideOutcomes]) {
		assertNotLocked(outcome);
		assert.equal(outcome.exitCode, 0, outcome.stderr);
	}
	for (const { lines } of outcomes) assert.equal(lines.length, filesEach + filesOfAll);
	const kept = outcomes.flatMap(({ lines }) => lines.filter(({ outcome }) => outcome === "kept"));
	assert.equal(kept.length, hashes.length, "each file was new exactly once");
	await checkLibrary(scenario, { present: hashes });
	const rest = await onwax(scenario, ["retry", "--all", "--pause", "0s"]);
	assert.equal(rest.exitCode, 0, rest.stderr);
	const texts = await onwax(scenario, ["list", "--state", "success", "--limit", "0"]);
	assert.equal(texts.lines.length, hashes.length);
	await checkLibrary(scenario, { present: hashes });
});

test("the same while some are killed at any moment: what was acknowledged is there, the rest comes with the next import", async (t) => {
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const random = randomFrom(testSeed);
	const scenario = await createScenario(await tempFolder(t), { recordings: 0, config });
	const { folders, hashes } = await createInputs(scenario);
	const promised = new Set<string>();
	for (let round = 0; round < 3; round += 1) {
		const outcomes = await Promise.all(
			folders.map(async (folder, index) => {
				const dies = random(2) === 0;
				const afterMs = 200 + random(2500);
				const args = ["import", folder, join(scenario.inputs, "of-all")];
				if (index % 2 === 0) args.push("--no-wait");
				let ended = false;
				const outcome = await onwax(scenario, args, {
					onStart: (pid) => {
						if (!dies) return;
						void sleep(afterMs).then(() => ended || process.kill(pid, "SIGKILL"));
					},
				});
				ended = true;
				assertNotLocked(outcome);
				const isFine = outcome.exitCode === 0 || (dies && outcome.signal === "SIGKILL");
				assert.ok(isFine, `${outcome.exitCode} ${outcome.signal} ${outcome.stderr}`);
				return outcome;
			}),
		);
		for (const sha256 of outcomes.flatMap(acknowledged)) promised.add(sha256);
		await checkLibrary(scenario, { present: promised });
	}
	const last = await onwax(scenario, ["import", scenario.inputs, "--no-wait"]);
	assert.equal(last.exitCode, 0, last.stderr);
	assert.equal(last.lines.length, hashes.length);
	await checkLibrary(scenario, { present: hashes });
});
