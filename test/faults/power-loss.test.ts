import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { type Ext4Image, mountExt4, processState } from "./ext4-image.ts";
import {
	copyScenario,
	createScenario,
	inputHashes,
	type Outcome,
	onwax,
	type Scenario,
} from "./scenario.ts";

/** Runs the program until its n-th durable step, cuts the power there, and starts the disk again. */
async function cutPowerAt(
	scenario: Scenario,
	args: string[],
	step: number,
	image: Ext4Image,
): Promise<{ outcome: Outcome; acknowledged: string[]; wasCut: boolean }> {
	const acknowledged: string[] = [];
	let pid = 0;
	let ended = false;
	const running = onwax(scenario, args, {
		env: { ONWAX_FAULT: `stop:${step}` },
		onStart: (started) => {
			pid = started;
		},
		onLine: (line) => {
			if (line.outcome === "kept" && typeof line.originalSha256 === "string") {
				acknowledged.push(line.originalSha256);
			}
		},
	}).finally(() => {
		ended = true;
	});
	while (!ended && processState(pid) === "running") await sleep(3);
	const wasCut = !ended && processState(pid) === "stopped";
	if (wasCut) {
		image.cutPower();
		process.kill(pid, "SIGKILL");
	}
	const outcome = await running;
	if (wasCut) image.remount();
	return { outcome, acknowledged, wasCut };
}

type Operation = {
	name: string;
	/** `trashed` is the name of the one recording in the trash, where `inTrash` put one there. */
	args: (scenario: Scenario, trashed: string) => string[];
	imported?: boolean;
	inTrash?: boolean;
	destroys?: boolean;
};

const operations: Operation[] = [
	{ name: "import", args: ({ inputs }) => ["import", inputs, "--no-wait"] },
	{ name: "transcription and compression", args: () => ["retry", "--all"], imported: true },
	{ name: "trash", args: () => ["trash", "last"], imported: true },
	{
		name: "restore",
		args: (_, trashed) => ["restore", trashed],
		imported: true,
		inTrash: true,
	},
	{
		name: "purge",
		args: (_, trashed) => ["purge", trashed, "--yes"],
		imported: true,
		inTrash: true,
		destroys: true,
	},
];

for (const operation of operations) {
	test(`a power cut at every step of ${operation.name} loses nothing acknowledged`, async (t) => {
		const folder = await tempFolder(t);
		const image = mountExt4(t);
		if (!image) return;
		const base = await createScenario(join(folder, "base"), { recordings: 2 });
		const all = [...(await inputHashes(base)).keys()];
		if (operation.imported) {
			assert.equal((await onwax(base, ["import", base.inputs, "--no-wait"])).exitCode, 0);
		}
		if (operation.inTrash) assert.equal((await onwax(base, ["trash", "last"])).exitCode, 0);
		const [inTrash] = (await onwax(base, ["list", "--status", "deleted"])).lines;
		const purged = operation.destroys ? String(inTrash?.originalSha256) : null;
		let step = 0;
		for (;;) {
			step += 1;
			const scenario = await copyScenario(base, join(image.mountPoint, `step-${step}`));
			// What lay there before is on the disk; what comes from now on is the operation's own.
			execFileSync("sync");
			const { outcome, acknowledged, wasCut } = await cutPowerAt(
				scenario,
				operation.args(scenario, String(inTrash?.name)),
				step,
				image,
			);
			if (!wasCut) assert.equal(outcome.exitCode, 0, outcome.stderr);
			try {
				await checkLibrary(scenario, {
					present: operation.imported ? all.filter((sha256) => sha256 !== purged) : acknowledged,
					absent: purged !== null && !wasCut ? [purged] : [],
				});
			} catch (error) {
				throw new Error(`after a power cut at step ${step}\n${outcome.stderr}`, { cause: error });
			}
			await rm(scenario.home, { recursive: true });
			if (!wasCut) break;
		}
		t.diagnostic(`${operation.name}: power cut at ${step - 1} steps`);
	});
}
