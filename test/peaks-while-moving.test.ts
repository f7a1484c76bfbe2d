import assert from "node:assert/strict";
import { test } from "node:test";
import { OnwaxError } from "../src/errors.ts";
import { changeRecording } from "../src/library/change.ts";
import type { Media } from "../src/media/media.ts";
import { peaksHandler } from "../src/pipeline/peaks-job.ts";
import { openTempLibrary, publishOne } from "./temp-library.ts";

test("a folder that moves while its peaks are drawn is looked for where it went", async (t) => {
	const library = await openTempLibrary(t);
	const name = await publishOne(library);
	const asked: string[] = [];
	const media = {
		async peaks(audioPath: string) {
			asked.push(audioPath);
			if (asked.length === 1) {
				await changeRecording(library, name, async () => ({ fields: { state: "success" } }));
				throw new OnwaxError("ERR_NOT_FOUND", "gone");
			}
			throw new OnwaxError("ERR_IO", "the second time it was found");
		},
	} as unknown as Media;
	const job = { id: 1, recording: name, kind: "peaks" as const, parameters: {}, token: "t" };
	const doing = peaksHandler(library, media)(
		{ ...job, state: "running", deliveries: 1, attempts: [] },
		new AbortController().signal,
	);
	await assert.rejects(doing, { code: "ERR_IO" });
	assert.deepEqual(
		asked.map((path) => /recordings\/(\w+)\//.exec(path)?.[1]),
		["pending", "success"],
	);
});
