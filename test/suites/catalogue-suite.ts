import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Catalogue } from "../../src/catalogue/catalogue.ts";
import { OnwaxError } from "../../src/errors.ts";
import type { JobKind, JobState } from "../../src/job.ts";
import type { Recording } from "../../src/recording.ts";
import { sampleRecording as sample } from "../sample-recording.ts";
import {
	type OpenCatalogue,
	searchTitles,
	useCatalogue,
	type WithCatalogue,
} from "./catalogue-in-test.ts";

/** What every driver of the catalogue must do. `open` gives a catalogue on an empty folder. */
export function catalogueSuite(driver: string, open: OpenCatalogue): void {
	const withCatalogue: WithCatalogue = (recordings, use) => useCatalogue(open, recordings, use);
	const names = (recordings: Recording[]) => recordings.map(({ metadata }) => metadata.name);
	const numbers = (recordings: Recording[]) =>
		recordings.map(({ metadata }) => Number(metadata.title?.replace("number ", "")));
	const gather = async <T>(items: AsyncIterable<T>) => {
		const all: T[] = [];
		for await (const item of items) all.push(item);
		return all;
	};
	describe(`catalogue on ${driver}: keeping`, () => {
		test("gives a recording back exactly, whatever letters its text is made of", () =>
			withCatalogue([], (catalogue) => {
				// Neither SQLite's text nor JSON has lone surrogates.
				const text = fc.string({ unit: "binary" }).map((any) => any.toWellFormed());
				return fc.assert(
					fc.asyncProperty(
						fc.option(text),
						fc.option(text),
						text,
						async (title, said, original) => {
							const transcript = said === null ? null : { text: said, originalText: original };
							const recording = sample(1, { title, transcript });
							await catalogue.put([recording]);
							assert.deepEqual(await catalogue.get(recording.metadata.name), recording);
						},
					),
				);
			}));

		test("replaces everything that was known under the same name, and nothing else", () =>
			withCatalogue(
				[sample(1, { text: "apples", tags: ["old"] }), sample(2, { text: "apples" })],
				async (catalogue) => {
					const next = sample(1, { text: "pears", tags: ["new"], state: "failed" });
					await catalogue.put([next]);
					assert.deepEqual(await catalogue.get(next.metadata.name), next);
					assert.deepEqual(await searchTitles(catalogue, "apples"), ["number 2"]);
					assert.deepEqual(await searchTitles(catalogue, "pears"), ["number 1"]);
					const tagged = (tag: string) => catalogue.list({ tags: [tag], limit: 9 });
					assert.deepEqual((await tagged("old")).recordings, []);
					assert.deepEqual(numbers((await tagged("new")).recordings), [1]);
					await catalogue.put([sample(1, { text: "pears", tags: ["newer"], state: "failed" })]);
					assert.deepEqual((await tagged("new")).recordings, []);
				},
			));

		test("keeps two recordings of one microsecond apart", () => {
			const one = sample(1, { uid: "aaaaaa", text: "first twin" });
			const other = sample(1, { uid: "bbbbbb", text: "second twin" });
			return withCatalogue([one, other], async (catalogue) => {
				assert.equal((await catalogue.list({ limit: 9 })).recordings.length, 2);
				assert.deepEqual(
					names((await catalogue.search("second", { limit: 9 })).map((h) => h.recording)),
					[other.metadata.name],
				);
				assert.deepEqual(await catalogue.get(one.metadata.name), one);
			});
		});

		test("refuses a second recording with the same id, and then changes nothing", () =>
			withCatalogue([sample(1)], async (catalogue) => {
				const copy = sample(3, { id: sample(1).metadata.id });
				await assert.rejects(catalogue.put([sample(2), copy]), { code: "ERR_CONFLICT" });
				assert.deepEqual(await catalogue.get(sample(2).metadata.name), null);
			}));

		test("puts all of a batch or nothing, together with what the caller does", () =>
			withCatalogue([], async (catalogue) => {
				const failing = catalogue.put([sample(1)], async (tx) => {
					await tx
						.insertInto("changes")
						.values({ name: "n", writer: "w", started_at: "t" })
						.execute();
					throw new Error("no");
				});
				await assert.rejects(failing, /no/);
				assert.equal(await catalogue.get(sample(1).metadata.name), null);
				assert.deepEqual(await catalogue.openChanges(), []);
			}));

		test("forgets what is removed, in every place", () =>
			withCatalogue(
				[sample(1, { text: "soon" }), sample(2, { text: "gone soon", tags: ["t"] })],
				async (catalogue) => {
					await catalogue.remove([sample(2).metadata.name, "2001-01-01_00-00-00.000000_nobody"]);
					assert.equal(await catalogue.get(sample(2).metadata.name), null);
					// Something left behind in the index would take the place of the one that is there.
					const [hit] = await catalogue.search("soon", { limit: 1 });
					assert.equal(hit?.recording.metadata.title, "number 1");
					assert.deepEqual((await catalogue.list({ tags: ["t"], limit: 9 })).recordings, []);
					assert.equal((await catalogue.counts())[0]?.recordings, 1);
				},
			));

		test("finds the recordings that came in with the same content, kept ones before trash", () => {
			const trashed = sample(2, { deletedAt: "2026-01-01T00:00:00.000Z", sha256: "aa" });
			const kept = sample(1, { sha256: "aa" });
			return withCatalogue([kept, trashed, sample(3, { sha256: "bb" })], async (catalogue) => {
				const found = await catalogue.findByOriginalSha256(["aa", "cc"]);
				assert.deepEqual([...found], [["aa", kept.metadata.name]]);
			});
		});
	});

	describe(`catalogue on ${driver}: listing`, () => {
		const library = [
			sample(1, { tags: ["a"] }),
			sample(2, { state: "failed", tags: ["a", "b"] }),
			sample(3, { state: "pending", text: null, tags: ["b"] }),
			sample(4, { deletedAt: "2026-01-01T00:00:00.000Z", tags: ["a"] }),
			sample(5, { archived: true, tags: ["a", "b"] }),
		];
		const listed = async (catalogue: Catalogue, filter: object) =>
			numbers((await catalogue.list({ limit: 9, ...filter })).recordings);

		test("lists kept recordings newest first, filtered by state, status and tags", () =>
			withCatalogue(library, async (catalogue) => {
				assert.deepEqual(await listed(catalogue, {}), [5, 3, 2, 1]);
				assert.deepEqual(await listed(catalogue, { state: "success" }), [5, 1]);
				assert.deepEqual(await listed(catalogue, { state: "failed", tags: ["b"] }), [2]);
				assert.deepEqual(await listed(catalogue, { status: "active" }), [3, 2, 1]);
				assert.deepEqual(await listed(catalogue, { status: "archived" }), [5]);
				assert.deepEqual(await listed(catalogue, { status: "deleted", tags: ["a"] }), [4]);
				assert.deepEqual(await listed(catalogue, { tags: ["a"] }), [5, 2, 1]);
				assert.deepEqual(await listed(catalogue, { tags: ["a", "b"] }), [5, 2]);
				assert.deepEqual(await listed(catalogue, { tags: ["a", "b"], status: "active" }), [2]);
				assert.deepEqual(await listed(catalogue, { tags: ["none"] }), []);
			}));

		test("goes through pages without leaving out or repeating one", () =>
			withCatalogue(
				Array.from({ length: 25 }, (_, i) => sample(i, { tags: ["x", "y"] })),
				async (catalogue) => {
					for (const tags of [[], ["x"], ["x", "y"]]) {
						const seen: number[] = [];
						let before: string | undefined;
						do {
							const page = await catalogue.list({ limit: 7, before, tags });
							seen.push(...numbers(page.recordings));
							before = page.next ?? undefined;
						} while (before !== undefined);
						assert.deepEqual(
							seen,
							Array.from({ length: 25 }, (_, i) => 24 - i),
						);
					}
				},
			));

		test("counts by status and state", () =>
			withCatalogue(library, async (catalogue) => {
				await catalogue.put([sample(1, { state: "failed", tags: ["a"] })]);
				const counts = await catalogue.counts();
				assert.deepEqual(
					counts.map((c) => [c.status, c.state, c.recordings, c.sizeBytes, c.durationSeconds]),
					[
						["active", "failed", 2, 2000, 3],
						["active", "pending", 1, 1000, 1.5],
						["archived", "success", 1, 1000, 1.5],
						["deleted", "success", 1, 1000, 1.5],
					],
				);
			}));

		test("gives only the beginnings of texts where a list shows no more", () => {
			const said = { text: `${"ä".repeat(300)}😀`, originalText: "otherwise" };
			return withCatalogue([sample(1, { transcript: said })], async (catalogue) => {
				const page = await catalogue.list({ limit: 9, textCharacters: 5 });
				assert.deepEqual(page.recordings[0]?.metadata, sample(1).metadata);
				assert.equal(page.recordings[0]?.transcript?.text, "äääää");
				const whole = await catalogue.list({ limit: 9 });
				assert.deepEqual(whole.recordings[0]?.transcript, said);
			});
		});

		test("tells the tags of kept recordings, and how many have each", () =>
			withCatalogue(library, async (catalogue) => {
				assert.deepEqual(await catalogue.tags(), [
					{ tag: "a", recordings: 3 },
					{ tag: "b", recordings: 3 },
				]);
				await catalogue.remove([sample(3).metadata.name, sample(5).metadata.name]);
				await catalogue.put([sample(2, { tags: ["ä b"] })]);
				assert.deepEqual(await catalogue.tags(), [
					{ tag: "a", recordings: 1 },
					{ tag: "ä b", recordings: 1 },
				]);
			}));

		test("tells what is to be done for a recording, and what was given up", () =>
			withCatalogue(library, async (catalogue) => {
				const { name } = sample(1).metadata;
				const job = (recording: string, kind: JobKind, state: JobState) =>
					catalogue.db
						.insertInto("jobs")
						.values({
							...{ recording, kind, state, run_at: 1_000_000_000.25, created_at: "then" },
							...{ token: null, lease_until: null, writer: null },
							...{ error_code: null, finished_at: null },
						})
						.execute();
				await job(name, "compress", "done");
				await job(name, "transcribe", "parked");
				await job(name, "peaks", "queued");
				await job(sample(2).metadata.name, "peaks", "queued");
				const jobs = await catalogue.jobsOf(name);
				assert.deepEqual(
					jobs.map(({ kind, state, dueAt }) => [kind, state, dueAt]),
					[
						["transcribe", "parked", null],
						["peaks", "queued", "2001-09-09T01:46:40.250Z"],
					],
				);
			}));

		test("resolves a name, an id, a beginning and the last kept one", () =>
			withCatalogue(library, async (catalogue) => {
				const { name, id } = sample(2).metadata;
				assert.deepEqual(await catalogue.resolve(name), [name]);
				assert.deepEqual(await catalogue.resolve(id), [name]);
				assert.deepEqual(await catalogue.resolve("last"), [sample(5).metadata.name]);
				assert.deepEqual(await catalogue.resolve(name.slice(0, -3)), [name]);
				assert.equal((await catalogue.resolve("2026")).length, library.length);
				assert.deepEqual(await catalogue.resolve("%"), []);
				assert.deepEqual(await catalogue.resolve(""), []);
			}));

		test("tells every recording's shelf, and a dump that does not depend on the order of putting", () =>
			withCatalogue(library, async (catalogue) => {
				const placed = await gather(catalogue.shelves());
				assert.deepEqual(
					placed.map(({ shelf }) => shelf),
					["success", "failed", "pending", "trash", "success"],
				);
				const dumped = await gather(catalogue.dump());
				assert.equal(dumped.length, library.length);
				await withCatalogue([...library].reverse(), async (other) => {
					assert.deepEqual(await gather(other.dump()), dumped);
				});
			}));
	});

	describe(`catalogue on ${driver}: changing together`, () => {
		test("lets one writer at a time claim a recording", () =>
			withCatalogue([], async (catalogue) => {
				assert.equal(await catalogue.claimChange("n", "one"), null);
				assert.equal(await catalogue.claimChange("n", "two"), "one");
				assert.equal(await catalogue.takeOverChange("n", "nobody", "two"), false);
				assert.equal(await catalogue.takeOverChange("n", "one", "two"), true);
				await catalogue.releaseChange("n", "one");
				assert.deepEqual(
					(await catalogue.openChanges()).map(({ name, writer }) => [name, writer]),
					[["n", "two"]],
				);
				await catalogue.put([sample(1)], (tx) => catalogue.releaseChange("n", "two", tx));
				assert.deepEqual(await catalogue.openChanges(), []);
			}));

		test("runs many changes at once, one after another, and loses none", () =>
			withCatalogue([], async (catalogue) => {
				await Promise.all(Array.from({ length: 30 }, (_, i) => catalogue.put([sample(i)])));
				assert.equal((await catalogue.counts())[0]?.recordings, 30);
			}));

		test("says so when a change inside a transaction would wait for itself", () =>
			withCatalogue([], async (catalogue) => {
				const inside = (change: () => Promise<unknown>) =>
					assert.rejects(catalogue.transaction(change), /would wait for itself/);
				await inside(() => catalogue.put([sample(1)]));
				await inside(() => catalogue.db.deleteFrom("jobs").execute());
				await catalogue.put([sample(1)]);
			}));

		test("has at most one open job of a kind for a recording", () =>
			withCatalogue([], async (catalogue) => {
				const job = { recording: "n", kind: "transcribe", run_at: 0, created_at: "t" } as const;
				const add = (state: "queued" | "done") =>
					catalogue.db
						.insertInto("jobs")
						.values({ ...job, state })
						.execute();
				await add("done");
				await add("queued");
				await assert.rejects(add("queued"), OnwaxError);
				await add("done");
			}));

		test("counts what it did, by verb", () =>
			withCatalogue([sample(1)], async (catalogue) => {
				const { select, insert } = catalogue.statistics();
				assert.ok((select?.count ?? 0) > 0 && (insert?.count ?? 0) > 0);
			}));
	});
}
