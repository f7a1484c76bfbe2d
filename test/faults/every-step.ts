import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { copyScenario, createScenario, inputHashes, onwax, type Scenario } from "./scenario.ts";

/*
 * SQLite's loop: each operation is run again and again from the same library, killed (or failed)
 * at its first durable step, its second, its third …, until it passes. After each run the library
 * must hold everything that it promised.
 */

type Operation = {
	name: string;
	args: (scenario: Scenario) => string[];
	/** Recordings that are in the library before it runs. */
	imported: boolean;
	/** Commands that bring the library to where the operation begins. */
	before?: string[][];
	destroys?: boolean;
	/** It has many steps, and waits before it tries again what failed: only every seventh is failed. */
	isLong?: boolean;
};

const operations: Operation[] = [
	{ name: "import", args: ({ inputs }) => ["import", inputs, "--no-wait"], imported: false },
	{
		name: "import and transcribe",
		args: ({ inputs }) => ["import", inputs],
		imported: false,
		isLong: true,
	},
	{ name: "transcribe and compress", args: () => ["retry", "--all"], imported: true, isLong: true },
	{ name: "edit", args: () => ["edit", "last", "--title", "Kept"], imported: true },
	{ name: "trash", args: () => ["trash", "last"], imported: true },
	{
		name: "restore",
		args: () => ["restore", "last-in-trash"],
		imported: true,
		before: [["trash", "last"]],
	},
	{
		name: "purge",
		args: () => ["purge", "last-in-trash", "--yes"],
		imported: true,
		before: [["trash", "last"]],
		destroys: true,
	},
];

const stepLimit = 500;

/** A test for each operation, in which this happens at every step. One file for each: they run side by side. */
export function testEveryStep(fault: "kill" | "EIO" | "ENOSPC+"): void {
	for (const operation of operations) {
		test(`${operation.name}: ${fault} at every step loses and doubles nothing`, async (t) => {
			const folder = await tempFolder(t);
			const base = await createScenario(join(folder, "base"), { recordings: 2 });
			const all = [...(await inputHashes(base)).keys()];
			if (operation.imported) {
				assert.equal((await onwax(base, ["import", base.inputs, "--no-wait"])).exitCode, 0);
			}
			for (const args of operation.before ?? []) {
				assert.equal((await onwax(base, args)).exitCode, 0);
			}
			const target = await targetOf(base, operation);
			let step = 0;
			for (;;) {
				step += operation.isLong && fault !== "kill" ? 7 : 1;
				assert.ok(step < stepLimit, "the operation never passed");
				const scenario = await copyScenario(base, join(folder, `step-${step}`));
				const args = operation
					.args(scenario)
					.map((arg) => (arg === "last-in-trash" ? target : arg));
				const [action, forEver] = fault === "ENOSPC+" ? ["ENOSPC", "+"] : [fault, ""];
				const env = { ONWAX_FAULT: `${action}:${step}${forEver}` };
				const { exitCode, signal, lines, stderr } = await onwax(scenario, args, { env });
				const hit = fault === "kill" ? signal === "SIGKILL" : stderr.includes("injected");
				if (fault === "kill") assert.ok(signal === "SIGKILL" || exitCode === 0, stderr);
				const acknowledged = lines.flatMap((line) =>
					line.outcome === "kept" && typeof line.originalSha256 === "string"
						? [line.originalSha256]
						: [],
				);
				try {
					await checkLibrary(scenario, {
						// Destroying one is the only way in which an imported one may be gone.
						present: operation.destroys ? [] : operation.imported ? all : acknowledged,
					});
				} catch (error) {
					throw new Error(
						`after ${fault} at step ${step} (exit ${exitCode}, ${signal})\n${stderr}`,
						{
							cause: error,
						},
					);
				}
				await rm(scenario.home, { recursive: true });
				if (!hit) break;
			}
			t.diagnostic(`${operation.name}: ${step - 1} steps`);
		});
	}
}

async function targetOf(base: Scenario, operation: Operation): Promise<string> {
	if (!operation.before) return "last";
	const { lines } = await onwax(base, ["list", "--status", "deleted"]);
	const name = lines[0]?.name;
	assert.ok(typeof name === "string");
	return name;
}
