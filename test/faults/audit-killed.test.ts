import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openAudit } from "../../src/audit/audit.ts";
import { checkAudit } from "../../src/audit/check-audit.ts";
import { readAudit } from "../../src/audit/read-audit.ts";
import { silentLogger } from "../../src/logger.ts";
import { tempFolder } from "../temp-folder.ts";

const child = fileURLToPath(new URL("./noting-child.ts", import.meta.url));

test("two processes that note are killed at random: what counted is there, the chain is whole", async (t) => {
	const folder = join(await tempFolder(t), "audit");
	const acknowledged = new Set<string>();
	for (let round = 0; round < 8; round += 1) {
		const running = [0, 1].map((which) => {
			const noting = spawn(process.execPath, [child, folder, `${round}-${which}`]);
			let text = "";
			noting.stdout.on("data", (chunk: Buffer) => {
				text += chunk.toString();
			});
			return { noting, begun: once(noting.stdout, "data"), said: () => text };
		});
		await Promise.all(running.map(({ begun }) => begun));
		await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
		for (const { noting, said } of running) {
			const closed = once(noting, "close");
			noting.kill("SIGKILL");
			await closed;
			// A line that was cut off was not told.
			for (const line of said().split("\n").slice(0, -1)) acknowledged.add(line);
		}
	}
	await openAudit({ folder, log: silentLogger }).note({ caller: null, action: "sign-out" });
	const { findings, entries } = await checkAudit(folder);
	assert.deepEqual(
		findings.filter(({ kind }) => kind !== "torn"),
		[],
	);
	const question = { before: null, limit: entries, since: null, actions: null };
	const kept = new Set(
		(await readAudit(folder, question)).entries.map(({ recording }) => recording),
	);
	assert.ok(acknowledged.size > 16);
	for (const one of acknowledged) assert.ok(kept.has(one), one);
});
