import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings } from "../../src/config/defaults.ts";
import { testSeed } from "../seeded.ts";
import { startTempService } from "../temp-service.ts";
import { impatient, sendMutations } from "../uploads-mutations.ts";

/** 10 000 take somewhat more than a minute. */
const mutations = Number(process.env.ONWAX_TEST_MUTATIONS ?? 10_000);

test(`${mutations} mutated uploads: never a 5xx, a doubled or lost recording, or a file elsewhere`, async (t) => {
	t.diagnostic(`ONWAX_TEST_SEED=${testSeed}`);
	const server = { ...defaultSettings.server, requestsPerMinute: 1_000_000 };
	const service = await startTempService(t, { server }, { limits: impatient });
	const { statuses, kept } = await sendMutations(service, mutations, testSeed);
	t.diagnostic(`${kept} kept; answers: ${JSON.stringify([...statuses].sort())}`);
	assert.ok(kept > mutations / 20);
});
