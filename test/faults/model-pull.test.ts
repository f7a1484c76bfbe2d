import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import {
	assertNothingHalf,
	modelsFolder,
	pullAgain,
	startPull,
	tiny,
	tinyServer,
} from "../killed-pull.ts";

for (const sha256 of [tiny.sha256, null]) {
	const kind = sha256 === null ? "pinned at its first download" : "with a known hash";
	test(`a pull of a model ${kind}, killed at every step, leaves none or a whole one`, async (t) => {
		const server = await tinyServer(t);
		const model = { ...tiny, sha256 };
		let steps = 0;
		for (let isKilled = true; isKilled; ) {
			steps += 1;
			const models = await modelsFolder(t);
			const child = startPull(models, server, model, `kill:${steps}`);
			child.stdout?.resume();
			const [status, signal] = await once(child, "close");
			isKilled = signal === "SIGKILL";
			if (!isKilled) assert.equal(status, 0);
			await assertNothingHalf(models);
			await pullAgain(models, server, model);
		}
		assert.ok(steps > 25, `${steps} steps`);
		t.diagnostic(`${steps} steps`);
	});
}
