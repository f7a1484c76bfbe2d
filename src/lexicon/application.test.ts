import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import type { Application } from "./application.ts";
import { applicationId, applicationsToUndo, writeApplication } from "./application-file.ts";

const startedAt = "2026-11-21T15:04:05.123Z";
const layer = { name: "names", version: 1, replacements: 1 };
const application: Application = {
	format: 1,
	id: applicationId(startedAt),
	...{ startedAt, finishedAt: startedAt, undoneAt: null, continues: null },
	lexicons: [{ name: "names", version: 1 }],
	recordings: [
		{
			name: "a",
			before: { sha256: "0", lexicons: [], lexiconError: null, keptAs: null },
			after: { sha256: "1", engineFile: "engine.1.json", lexicons: [layer] },
		},
	],
};

async function written(t: TestContext, damage: object): Promise<string> {
	const dir = await tempFolder(t);
	await writeApplication(dir, { ...application, ...damage });
	return dir;
}

test("a record comes back as it was written, also one from before layers were named", async (t) => {
	const { sha256 } = application.recordings[0]?.after ?? assert.fail();
	const older = application.recordings.map((one) => ({ ...one, after: { sha256 } }));
	for (const recordings of [application.recordings, older]) {
		const dir = await written(t, { recordings });
		assert.deepEqual(await applicationsToUndo(dir), [{ ...application, recordings }]);
	}
});

for (const [what, damage] of Object.entries({
	"an empty entry": { recordings: [null] },
	"half an entry": { recordings: [{ name: "a" }] },
	"a kept file elsewhere": {
		recordings: application.recordings.map((one) => ({
			...one,
			before: { ...one.before, keptAs: "../../x.json" },
		})),
	},
	"no time": { undoneAt: 5 },
	"no lexicons": { lexicons: {} },
})) {
	test(`a record of another shape (${what}) is told as damaged`, async (t) => {
		await assert.rejects(applicationsToUndo(await written(t, damage)), { code: "ERR_DAMAGED" });
	});
}
