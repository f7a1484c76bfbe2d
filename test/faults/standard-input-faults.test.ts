import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../temp-folder.ts";
import { checkLibrary } from "./check-library.ts";
import { copyScenario, createScenario, onwax, tone } from "./scenario.ts";

const audio = tone(300, 2);
const everyNthStep = 2;

/* Audio from a pipe exists nowhere else: from its first byte on disk nothing may lose it. */
for (const fault of ["kill", "EIO", "ENOSPC+"] as const) {
	test(`standard input, ${fault} at every other step: what was on disk becomes a recording, once`, async (t) => {
		const folder = await tempFolder(t);
		const base = await createScenario(join(folder, "base"), { recordings: 1 });
		// The library is there; the steps are those of the import.
		assert.equal((await onwax(base, ["import", base.inputs])).exitCode, 0);
		const traced = await copyScenario(base, join(folder, "traced"));
		const env = { ONWAX_FAULT: "trace" };
		const trace = await onwax(traced, ["import", "-", "--no-wait"], { env, stdin: audio });
		const steps = trace.stderr.match(/^step \d+/gm)?.length ?? 0;
		let recovered = 0;
		for (let step = 1; step <= steps; step += everyNthStep) {
			const scenario = await copyScenario(base, join(folder, `step-${step}`));
			const [action, forEver] = fault === "ENOSPC+" ? ["ENOSPC", "+"] : [fault, ""];
			const { exitCode, signal, lines, stderr } = await onwax(
				scenario,
				["import", "-", "--no-wait"],
				{ env: { ONWAX_FAULT: `${action}:${step}${forEver}` }, stdin: audio },
			);
			const hash = lines.find(({ outcome }) => outcome === "kept")?.originalSha256;
			const said = `after ${fault} at step ${step} (${exitCode}, ${signal})\n${stderr}`;
			try {
				await checkLibrary(scenario, { present: hash ? [String(hash)] : [] });
				const listed = await onwax(scenario, ["list"]);
				assert.equal(listed.exitCode, 0, listed.stderr);
				const mine = listed.lines.filter(({ originalFilename }) => originalFilename === null);
				assert.ok(mine.length <= 1, "it is there twice");
				for (const { path } of mine) {
					const content = await readFile(String(path));
					assert.ok(content.equals(audio.subarray(0, content.length)), "not what was sent");
				}
				const promised = hash !== undefined || /came are on disk/.test(stderr);
				if (promised) assert.equal(mine.length, 1, "what was promised is gone");
				if (hash === undefined) recovered += mine.length;
			} catch (error) {
				throw new Error(said, { cause: error });
			}
			await rm(scenario.home, { recursive: true });
		}
		assert.ok(recovered > 0, "no step left anything to recover: the test proves nothing");
	});
}
