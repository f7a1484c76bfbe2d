import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import {
	assertNothingHalf,
	modelsFolder,
	pullAgain,
	startPull,
	tiny,
	tinyArchive,
	tinyServer,
} from "../../test/killed-pull.ts";

/** Kills it when it has said this. */
async function killedWhen(child: ChildProcess, wanted: RegExp): Promise<void> {
	let said = "";
	child.stdout?.on("data", (text: Buffer) => {
		said += text.toString();
		if (wanted.test(said)) child.kill("SIGKILL");
	});
	const [, signal] = await once(child, "close");
	assert.equal(signal, "SIGKILL", said);
}

test("killed while it downloads, the next pull goes on behind the last note", async (t) => {
	const server = await tinyServer(t);
	const models = await modelsFolder(t);
	server.script = [{ stallAfter: 270_000 }];
	await killedWhen(startPull(models, server, tiny), /downloading 270000/);
	assert.equal(await assertNothingHalf(models), false);
	await pullAgain(models, server, tiny);
	const begun = Number(/^bytes=(\d+)-$/.exec(server.requests[1]?.range ?? "")?.[1]);
	assert.ok(begun >= 200_000 && begun <= 270_000, `${begun}`);
	assert.equal(server.requests[1]?.servedBytes, tinyArchive.length - begun);
});

test("killed while it unpacks, the next pull asks for nothing again", async (t) => {
	const server = await tinyServer(t);
	const models = await modelsFolder(t);
	await killedWhen(startPull(models, server, tiny), /unpacking \d/);
	assert.equal(await assertNothingHalf(models), false);
	await pullAgain(models, server, tiny);
	assert.equal(server.requests.length, 1);
});
