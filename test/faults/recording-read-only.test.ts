import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { hearing } from "../sound-server.ts";
import { tempFolder } from "../temp-folder.ts";
import { sampleRate, startCounting } from "./counting-recording.ts";
import { mountExt4 } from "./ext4-image.ts";
import { mountFolder } from "./mounts.ts";
import { assertEverything } from "./rescued-rest.ts";
import { assertValid, eventKinds, onlyRecording, record } from "./running-recorder.ts";
import { createScenario, onwax, type Scenario } from "./scenario.ts";
import { inWords } from "./stretches.ts";

const nobody = 65534;

test("the file system becomes read-only while recording: what is on it and what was put elsewhere are everything", async (t) => {
	const server = await startCounting(t, 60);
	if (server === null) return;
	const image = mountExt4(t);
	if (image === null) return;
	const home = await tempFolder(t);
	const scenario = await createScenario(home, { recordings: 0 });
	const onImage = { ...scenario, dataDir: join(image.mountPoint, "onwax") };
	const temporary = join(home, "tmp");
	await mkdir(temporary);
	const data = { XDG_DATA_HOME: image.mountPoint };
	const recorder = record(t, onImage, {
		env: { ...hearing(server), ...data, TMPDIR: temporary },
	});
	await recorder.started();
	await sleep(1500);
	// As ext4 does by itself where it meets an error in its own structures.
	execFileSync("mount", ["-o", "remount,abort", image.mountPoint]);
	await recorder.notice("disk-error", "begins");
	await sleep(1000);
	const outcome = await recorder.stop();
	assert.equal(outcome.exitCode, 1, outcome.stderr);
	const { error } = outcome.lines.at(-1) as { error: { code: string } };
	assert.equal(error.code, "ERR_READ_ONLY");
	image.remount();
	const recovered = await onwax(scenario, ["recover"], { env: data });
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	const kept = await onlyRecording(onImage);
	assert.ok(eventKinds(kept.metadata).includes("recovered"));
	await assertEverything(kept, temporary, outcome);
	const valid = await onwax(scenario, ["validate", "--all"], { env: data });
	assert.equal(valid.exitCode, 0, valid.stderr);
});

async function giveTo(uid: number, folder: string): Promise<void> {
	for (const entry of await readdir(folder, { recursive: true })) {
		await chown(join(folder, entry), uid, uid);
	}
	await chown(folder, uid, uid);
}

/** A scenario of somebody who is not root, and whom permissions therefore stop. */
async function scenarioOf(uid: number, home: string, config: object = {}): Promise<Scenario> {
	const scenario = await createScenario(home, { recordings: 0, config });
	for (const folder of ["data", "data/onwax", "data/onwax/recordings", ".cache"]) {
		await mkdir(join(home, folder), { recursive: true });
	}
	await giveTo(uid, home);
	return scenario;
}

function needsRoot(t: { skip(message: string): void }): boolean {
	if (process.getuid?.() === 0) return true;
	const message = "needs root to become somebody else: sudo npm run test:faults";
	if (process.env.CI) throw new Error(message);
	t.skip(message);
	return false;
}

test("the library's folders may no longer be written while recording: all of it is kept, and put in its place later", async (t) => {
	if (!needsRoot(t)) return;
	const server = await startCounting(t, 60);
	if (server === null) return;
	await chmod(server.env.XDG_RUNTIME_DIR as string, 0o755);
	await chmod(server.env.PULSE_CLIENTCONFIG as string, 0o644);
	const scenario = await scenarioOf(nobody, await tempFolder(t));
	const env = {
		...hearing(server),
		XDG_RUNTIME_DIR: scenario.home,
		XDG_CACHE_HOME: join(scenario.home, ".cache"),
	};
	const recorder = record(t, scenario, { env, uid: nobody });
	const name = await recorder.started();
	await sleep(800);
	const recordings = join(scenario.dataDir, "recordings");
	const folders = [
		recordings,
		join(recordings, "pending"),
		join(recordings, "incoming"),
		scenario.dataDir,
	];
	for (const folder of folders) await chmod(folder, 0o500);
	await sleep(800);
	const { exitCode, stderr, lines } = await recorder.stop();
	assert.equal(exitCode, 1, stderr);
	const { error } = lines.at(-1) as { error: { code: string; hint: string } };
	assert.match(error.code, /^ERR_(PERMISSION|READ_ONLY)$/);
	const [writer = ""] = await readdir(join(recordings, "incoming"));
	const place = join(recordings, "incoming", writer, name);
	assert.ok(error.hint.includes(place), `where it is: ${error.hint}`);
	for (const folder of folders) await chmod(folder, 0o700);
	const recovered = await onwax(scenario, ["recover"], { env, uid: nobody });
	assert.equal(recovered.exitCode, 0, recovered.stderr);
	const { metadata, stretches, frames } = await onlyRecording(scenario);
	assert.equal(stretches.length, 1, inWords(stretches, sampleRate));
	const stopped = lines.find(({ event }) => event === "stopped");
	assert.equal(frames, Math.round(Number(stopped?.capturedSeconds) * sampleRate), "all of it");
	assert.deepEqual(eventKinds(metadata), ["recovered"]);
	await assertValid(scenario);
});

test("a folder that cannot be written is told before the microphone is opened", async (t) => {
	const mounts = mountFolder(t);
	if (mounts === null) return;
	const marker = join(mounts.path, "marks");
	await mkdir(marker);
	await chmod(marker, 0o777);
	const config = { record: { microphone: { command: ["touch", join(marker, "opened")] } } };
	await chmod(mounts.path, 0o755);
	const home = join(mounts.path, "home");
	const scenario = await scenarioOf(nobody, home, config);
	const disk = join(home, "data");
	for (const fault of ["file system", "folder", "incoming"]) {
		if (fault === "file system") {
			mounts.tmpfs(disk);
			await mkdir(scenario.dataDir);
			mounts.remount(disk, "ro");
		} else if (fault === "folder") await chmod(scenario.dataDir, 0o500);
		else await chmod(join(scenario.dataDir, "recordings", "incoming"), 0o500);
		const env = { XDG_CACHE_HOME: join(home, ".cache") };
		const { exitCode, lines, stderr } = await onwax(scenario, ["record"], {
			env,
			...(fault === "file system" ? {} : { uid: nobody }),
		});
		assert.equal(exitCode, 1, `${fault}: ${stderr}`);
		const { error } = lines[0] as { error: { code: string; hint: string | null } };
		const { code, hint } = error;
		assert.match(
			code,
			fault === "file system" ? /^ERR_READ_ONLY$/ : /^ERR_(PERMISSION|READ_ONLY)$/,
		);
		assert.ok(hint, "what can be done");
		assert.deepEqual(await readdir(marker), [], `${fault}: the microphone was opened`);
		if (fault === "file system") mounts.unmount(disk);
		else if (fault === "folder") {
			await chmod(scenario.dataDir, 0o700);
			await mkdir(join(scenario.dataDir, "recordings", "incoming"), { recursive: true });
			await giveTo(nobody, scenario.dataDir);
		}
	}
	// Now that it may be written, the microphone is what is asked.
	await chmod(join(scenario.dataDir, "recordings", "incoming"), 0o700);
	await onwax(scenario, ["record"], { uid: nobody, env: { XDG_CACHE_HOME: join(home, ".cache") } });
	assert.deepEqual(await readdir(marker), ["opened"]);
});
