import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { testSeed } from "../seeded.ts";
import { tempFolder } from "../temp-folder.ts";
import { sha256, someWav } from "../uploads-sender.ts";
import { checkLibrary } from "./check-library.ts";

/*
 * SQLite's loop for an upload in two parts: killed, or failed, at its first durable step, its second, its
 * third …, until it passes. The sender then goes on from what it was told.
 */

/** 1 looks at every step, which takes minutes; else every so many, beginning where the seed says. */
const stride = Number(process.env.ONWAX_TEST_STEP_STRIDE ?? 2);

const program = new URL("./uploads-program.ts", import.meta.url).pathname;

type Told = { id?: string; offset?: number; receipt?: { name: string; sha256: string } };
type Ran = { signal: NodeJS.Signals | null; exitCode: number | null; told: Told[]; stderr: string };

function upload(args: string[], fault: string | null, expires = false): Promise<Ran> {
	const env = {
		...process.env,
		...(fault === null ? {} : { ONWAX_FAULT: fault }),
		...(expires ? { ONWAX_TEST_EXPIRES: "1" } : {}),
	};
	const child = spawn(process.execPath, [program, ...args], { env, stdio: "pipe" });
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	return new Promise((done) => {
		child.on("close", (exitCode, signal) => {
			const told = stdout
				.split("\n")
				.filter((line) => line.endsWith("}"))
				.map((line) => JSON.parse(line) as Told);
			done({ exitCode, signal, told, stderr });
		});
	});
}

const faults = ["kill", "EIO", "ENOSPC+"].map((fault) => ({ fault, expires: false }));
for (const { fault, expires } of [...faults, { fault: "kill", expires: true }]) {
	const which = expires ? "an upload that expires and is gone on with" : "an upload";
	test(`${which}: ${fault} at any step loses and doubles nothing`, async (t) => {
		const folder = await tempFolder(t);
		const wav = someWav();
		const audio = join(folder, "a.wav");
		await writeFile(audio, wav);
		// A library that is there already, with a recording: what is looked at is the upload.
		const base = join(folder, "base");
		const other = someWav();
		await writeFile(join(folder, "b.wav"), other);
		const made = await upload([join(base, "data", "onwax"), join(folder, "b.wav")], null);
		assert.equal(made.exitCode, 0, made.stderr);
		for (let step = 1 + (testSeed % stride); ; step += stride) {
			assert.ok(step < 300, "it never passed");
			const home = join(folder, `step-${step}`);
			const dataDir = join(home, "data", "onwax");
			await cp(base, home, { recursive: true });
			const [action, forEver] = fault === "ENOSPC+" ? ["ENOSPC", "+"] : [fault, ""];
			const first = await upload([dataDir, audio], `${action}:${step}${forEver}`, expires);
			const hit = fault === "kill" ? first.signal === "SIGKILL" : first.stderr.includes("injected");
			const what = `${fault} at step ${step}: ${first.stderr}`;
			const id = first.told.find((one) => one.id)?.id;
			const acknowledged = Math.max(0, ...first.told.map(({ offset }) => offset ?? 0));
			const receipts = first.told.flatMap(({ receipt }) => receipt ?? []);
			let second = await upload([dataDir, audio, ...(id ? [id] : [])], null, expires);
			if (second.exitCode !== 0 && fault !== "kill" && /no such upload/.test(second.stderr)) {
				// A disk that failed a sync has lost the upload: the sender is told, and begins anew.
				assert.equal(receipts.length, 0, what);
				second = await upload([dataDir, audio], null);
			} else if (second.told[0]?.offset !== undefined && id) {
				assert.ok(second.told[0].offset >= acknowledged, `${what}: acknowledged bytes are gone`);
			}
			assert.equal(second.exitCode, 0, `${what}, then ${second.stderr}`);
			receipts.push(...second.told.flatMap(({ receipt }) => receipt ?? []));
			assert.ok(receipts.length > 0, what);
			for (const receipt of receipts) {
				assert.equal(receipt.sha256, sha256(wav), what);
				assert.equal(receipt.name, receipts[0]?.name, `${what}: another recording`);
			}
			await checkLibrary({ home, dataDir, inputs: "" }, { present: [sha256(other), sha256(wav)] });
			const there = await readdir(join(dataDir, "recordings", "pending"));
			assert.equal(there.length, 2, what);
			assert.ok(there.includes(receipts[0]?.name ?? ""), what);
			// What had been kept of it when it expired: the same beginning, set aside.
			for (const name of await readdir(join(dataDir, "recordings", "trash"))) {
				const short = await readFile(join(dataDir, "recordings", "trash", name, "audio.wav"));
				assert.ok(expires && short.equals(wav.subarray(0, wav.length >> 1)), what);
			}
			await rm(home, { recursive: true });
			if (!hit) return t.diagnostic(`fewer than ${step} steps, every ${stride}`);
		}
	});
}
