import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { mediaForTests, tonePcm, toneWav } from "../../test/audio.ts";
import { buildWavHeader } from "../wav.ts";
import { openMedia } from "./media.ts";

const mono = { sampleRate: 16_000, channels: 1, bitDepth: 16 } as const;

describe("media children", () => {
	const { folder, media } = mediaForTests({ children: 1, stallSeconds: 1 });
	const short = join(folder, "short.wav");
	writeFileSync(short, toneWav(mono, 1));
	// Long enough that a child is certainly still at work when its first progress arrives.
	const long = join(folder, "long.wav");
	const layout = { sampleRate: 48_000, channels: 2, bitDepth: 16 } as const;
	const header = buildWavHeader({ encoding: "pcm", ...layout, dataBytes: null });
	writeFileSync(long, Buffer.concat([header, ...Array(80).fill(tonePcm(layout, 480_000))]));

	const target = (name: string) =>
		({
			outputPath: join(folder, name),
			container: "ogg-opus",
			sampleRate: 16_000,
			channels: 1,
		}) as const;
	const worksAgain = async () => {
		const result = await media.decode(short, { ...target("again.wav"), container: "wav" });
		assert.equal(result.durationSeconds, 1);
	};

	for (const [signal, what] of [
		["SIGKILL", "killed in the middle"],
		["SIGSEGV", "that crashes"],
		["SIGSTOP", "that hangs"],
	] as const)
		test(`a child ${what} costs its request, and the next one works`, async () => {
			let struck = false;
			const work = media.decode(long, target("lost.ogg"), {
				onProgress: () => {
					if (struck) return;
					struck = true;
					process.kill(media.pids()[0] ?? 0, signal);
				},
			});
			await assert.rejects(work, { code: "ERR_AUDIO_UNREADABLE", retryable: false });
			assert.ok(struck);
			assert.equal(existsSync(join(folder, "lost.ogg")), false);
			await worksAgain();
		});

	test("a child that is killed while idle is not missed", async () => {
		await worksAgain();
		const [pid] = media.pids();
		process.kill(pid ?? 0, "SIGKILL");
		await worksAgain();
	});

	test("an aborted request ends at once and leaves no file", async () => {
		const abort = new AbortController();
		const work = media.decode(long, target("aborted.ogg"), {
			signal: abort.signal,
			onProgress: () => abort.abort(),
		});
		await assert.rejects(work, { code: "ERR_INTERRUPTED" });
		assert.equal(existsSync(join(folder, "aborted.ogg")), false);
		await assert.rejects(media.decode(short, target("x"), { signal: AbortSignal.abort() }), {
			code: "ERR_INTERRUPTED",
		});
		await worksAgain();
	});

	test("a child that takes too much memory is ended by itself", async () => {
		const tight = openMedia({ children: 1, maxRssBytes: 40 * 2 ** 20 });
		await assert.rejects(tight.decode(long, target("fat.ogg")), {
			code: "ERR_AUDIO_UNREADABLE",
			message: /memory/,
		});
		await tight.close();
	});

	test("work beyond the total limit is stopped", async () => {
		const hasty = openMedia({ children: 1, baseSeconds: 0.01 });
		await assert.rejects(hasty.decode(long, target("late.ogg")), { message: /far too long/ });
		await hasty.close();
	});

	test("more requests than children wait for their turn", async () => {
		const several = openMedia({ children: 2 });
		const names = Array.from({ length: 8 }, (_, index) => `turn-${index}.ogg`);
		await Promise.all(names.map((name) => several.decode(short, target(name))));
		assert.equal(several.pids().length, 2);
		await several.close();
	});

	test("a child knows nothing of the program's secrets", async () => {
		process.env.ONWAX_TEST_SECRET = "sk-canary";
		const fresh = openMedia({ children: 1 });
		await fresh.decode(short, target("secret.ogg"));
		const [pid] = fresh.pids();
		if (process.platform === "linux")
			assert.ok(!readFileSync(`/proc/${pid}/environ`, "utf8").includes("canary"));
		await fresh.close();
		delete process.env.ONWAX_TEST_SECRET;
	});

	test("an idle child does not keep the program alive, nor outlive it", () => {
		const script = `
			import { openMedia } from ${JSON.stringify(new URL("./media.ts", import.meta.url).href)};
			const media = openMedia({ children: 1 });
			await media.decode(process.argv[1], { outputPath: process.argv[2], container: "wav", sampleRate: 8000, channels: 1 });
			process.stdout.write(String(media.pids()[0]));
		`;
		const run = spawnSync(
			process.execPath,
			["--input-type=module", "-e", script, short, join(folder, "idle.wav")],
			{ encoding: "utf8", timeout: 30_000 },
		);
		assert.equal(run.status, 0, run.stderr);
		assert.ok(existsSync(join(folder, "idle.wav")));
		const pid = Number(run.stdout);
		assert.ok(pid > 0);
		// Ended but not yet collected by its new parent counts as gone.
		const gone = () =>
			spawnSync("kill", ["-0", String(pid)]).status !== 0 ||
			(existsSync(`/proc/${pid}/stat`) &&
				readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z "));
		for (let tries = 0; tries < 100 && !gone(); tries++) execFileSync("sleep", ["0.05"]);
		assert.ok(gone());
	});

	test("errors of the disk keep their own code", async () => {
		await assert.rejects(media.decode(short, target("no/such/folder.ogg")), {
			code: "ERR_NOT_FOUND",
		});
		await assert.rejects(media.decode(short, { ...target(""), outputPath: short }), {
			code: "ERR_CONFLICT",
		});
		assert.ok(existsSync(short));
	});
});
