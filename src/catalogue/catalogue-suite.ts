import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";
import type { Catalogue } from "./catalogue.ts";
import { sampleRecording as sample } from "./sample-recording.ts";

/** What every driver of the catalogue must do. `open` gives a catalogue on an empty folder. */
export function catalogueSuite(driver: string, open: (folder: string) => Promise<Catalogue>): void {
	async function withCatalogue(
		recordings: Recording[],
		use: (catalogue: Catalogue) => Promise<void>,
	): Promise<void> {
		const folder = await mkdtemp(join(tmpdir(), "onwax-catalogue-"));
		const catalogue = await open(folder);
		try {
			await catalogue.put(recordings);
			await use(catalogue);
		} finally {
			await catalogue.close();
			await rm(folder, { recursive: true });
		}
	}
	const names = (recordings: Recording[]) => recordings.map(({ metadata }) => metadata.name);
	const numbers = (recordings: Recording[]) =>
		recordings.map(({ metadata }) => Number(metadata.title?.replace("number ", "")));
	const gather = async <T>(items: AsyncIterable<T>) => {
		const all: T[] = [];
		for await (const item of items) all.push(item);
		return all;
	};
	const searchTitles = async (catalogue: Catalogue, query: string) =>
		(await catalogue.search(query, { limit: 50 })).map(({ recording }) => recording.metadata.title);

	describe(`catalogue on ${driver}: keeping`, () => {
		test("gives a recording back exactly, whatever letters its text is made of", () =>
			fc.assert(
				fc.asyncProperty(
					fc.option(fc.string({ unit: "binary" })),
					fc.option(fc.string({ unit: "grapheme" })),
					fc.string({ unit: "grapheme" }),
					async (title, text, originalText) => {
						// SQLite's text has no lone surrogates, and JSON none either.
						const whole = (s: string | null) => s?.toWellFormed() ?? null;
						const recording = sample(1, {
							title: whole(title),
							transcript: text === null ? null : { text: whole(text) ?? "", originalText },
						});
						await withCatalogue([recording], async (catalogue) => {
							assert.deepEqual(await catalogue.get(recording.metadata.name), recording);
						});
					},
				),
				{ numRuns: 40 },
			));

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
				[sample(1, { text: "gone soon", tags: ["t"] }), sample(2)],
				async (catalogue) => {
					await catalogue.remove([sample(1).metadata.name, "2001-01-01_00-00-00.000000_nobody"]);
					assert.equal(await catalogue.get(sample(1).metadata.name), null);
					assert.deepEqual(await searchTitles(catalogue, "gone"), []);
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

	describe(`catalogue on ${driver}: searching`, () => {
		const texts = [
			"ask not what your country can do for you",
			"what you can do for your country",
			"the café on the corner, un été à Zürich",
			"東京都の国立博物館へ行きました",
			"ฉันรักภาษาไทยมาก",
			"हिन्दी में बोलो",
			"countryside",
		];
		const library = texts.map((text, i) => sample(i, { title: `t${i}`, text }));

		test("finds words, phrases, beginnings, and leaves out what is not wanted", () =>
			withCatalogue(library, async (catalogue) => {
				const found = (query: string) => searchTitles(catalogue, query);
				assert.deepEqual(await found("country"), ["t1", "t0"]);
				assert.deepEqual(await found("Your COUNTRY ask"), ["t0"]);
				assert.deepEqual(await found('"your country"'), ["t1", "t0"]);
				assert.deepEqual(await found('"country your"'), []);
				assert.deepEqual(await found('"your country can"'), ["t0"]);
				assert.deepEqual(await found('"your coun"*'), ["t1", "t0"]);
				assert.deepEqual(await found("countr*"), ["t6", "t1", "t0"]);
				assert.deepEqual(await found("cou*"), ["t6", "t1", "t0"]);
				assert.deepEqual(await found("countrysid*"), ["t6"]);
				assert.deepEqual(await found("country -ask"), ["t1"]);
				assert.deepEqual(await found('country -"your country can"'), ["t1"]);
				assert.deepEqual(await found("countr* -country"), ["t6"]);
				assert.deepEqual(await found("-country -countryside"), ["t5", "t4", "t3", "t2"]);
				assert.deepEqual(await found("t3"), ["t3"]);
			}));

		test("finds whatever accents, case and composition a word is written with", () =>
			withCatalogue(library, async (catalogue) => {
				for (const query of ["cafe", "CAFÉ", "cafe\u0301", "zurich", "ete", "ｃａｆｅ"]) {
					assert.deepEqual(await searchTitles(catalogue, query), ["t2"], query);
				}
			}));

		test("finds words in scripts that have no spaces between them", () =>
			withCatalogue(library, async (catalogue) => {
				assert.deepEqual(await searchTitles(catalogue, "東京"), ["t3"]);
				assert.deepEqual(await searchTitles(catalogue, "博物館"), ["t3"]);
				assert.deepEqual(await searchTitles(catalogue, "ภาษาไทย"), ["t4"]);
				assert.deepEqual(await searchTitles(catalogue, "हिन्दी"), ["t5"]);
				assert.deepEqual(await searchTitles(catalogue, "हिन्द"), []);
			}));

		test("filters by tag, state and status, and follows their changes", () =>
			withCatalogue(
				[
					sample(1, { title: "t1", text: "apple", tags: ["two words", "😀"] }),
					sample(2, { title: "t2", text: "apple", state: "failed" }),
					sample(3, { title: "t3", text: "apple" }),
				],
				async (catalogue) => {
					assert.deepEqual(await searchTitles(catalogue, 'apple tag:"Two Words"'), ["t1"]);
					assert.deepEqual(await searchTitles(catalogue, "tag:😀"), ["t1"]);
					assert.deepEqual(await searchTitles(catalogue, "apple -tag:😀"), ["t3", "t2"]);
					await catalogue.put([
						sample(3, { title: "t3", text: "apple", deletedAt: "2026-01-01T00:00:00.000Z" }),
					]);
					assert.deepEqual(await searchTitles(catalogue, "apple"), ["t2", "t1"]);
					const filtered = async (filter: object) =>
						(await catalogue.search("apple", { limit: 9, ...filter })).map(
							({ recording }) => recording.metadata.title,
						);
					assert.deepEqual(await filtered({ status: "deleted" }), ["t3"]);
					assert.deepEqual(await filtered({ state: "failed" }), ["t2"]);
					assert.deepEqual(await filtered({ status: "active", tags: ["two words"] }), ["t1"]);
				},
			));

		test("ranks a title before a mention, and a rare word before a common one", () =>
			withCatalogue(
				[
					sample(1, { title: "budget", text: "we met" }),
					sample(2, { title: "x", text: "the meeting about cats and the budget of it all" }),
					sample(3, { title: "y", text: "meeting meeting" }),
				],
				async (catalogue) => {
					const best = async (query: string) =>
						(await catalogue.search(query, { limit: 9, best: true })).map(
							({ recording }) => recording.metadata.title,
						);
					assert.deepEqual(await best("budget"), ["budget", "x"]);
					assert.deepEqual(await best("meeting"), ["y", "x"]);
				},
			));

		test("shows where: the field, a piece of its text, and what to highlight in it", () =>
			withCatalogue(
				[sample(1, { title: "minutes", text: `${"so ".repeat(50)}then came Łódź, at last` })],
				async (catalogue) => {
					const [hit] = await catalogue.search("lodz came", { limit: 1 });
					assert.equal(hit?.field, "transcript");
					const { text, highlights } = hit?.snippet ?? { text: "", highlights: [] };
					assert.deepEqual(
						highlights.map(([start, end]) => text.slice(start, end)),
						["came", "Łódź"],
					);
					assert.match(text, /^…so so /);
					const [inTitle] = await catalogue.search("minut*", { limit: 1 });
					assert.equal(inTitle?.field, "title");
				},
			));

		test("answers anything that can be typed", () =>
			withCatalogue(library, (catalogue) => {
				const piece = fc.oneof(
					fc.string({ unit: "grapheme", maxLength: 12 }),
					fc.constantFrom(
						'"',
						"-",
						"*",
						"tag:",
						"NEAR(",
						"AND",
						"OR",
						"NOT",
						"^",
						"(",
						")",
						"{a b}:",
					),
					fc.constantFrom("country", "your", "東京", "\u0000", "\ue001", "\ud800", "'", ";--"),
				);
				const query = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(" "));
				return fc.assert(
					fc.asyncProperty(query, fc.boolean(), fc.boolean(), async (text, best, lastIsPrefix) => {
						await catalogue.search(text, { limit: 5, best, lastIsPrefix });
					}),
					{ numRuns: 300 },
				);
			}));

		test("answers ten thousand characters, and emoji alone", () =>
			withCatalogue(library, async (catalogue) => {
				assert.deepEqual(await searchTitles(catalogue, "word ".repeat(2000)), []);
				assert.deepEqual(await searchTitles(catalogue, `"${"country ".repeat(1250)}"`), []);
				assert.deepEqual(await searchTitles(catalogue, "x".repeat(10_000)), []);
				assert.deepEqual(await searchTitles(catalogue, "😀🎉"), []);
				assert.deepEqual(await searchTitles(catalogue, ""), []);
			}));

		test("finds every phrase of a text in that text, and never without its words", () =>
			fc.assert(
				fc.asyncProperty(
					fc.array(fc.constantFrom("a", "b", "c", "dé", "東京"), { minLength: 2, maxLength: 9 }),
					fc.array(fc.constantFrom("a", "b", "c", "dé", "東京"), { minLength: 1, maxLength: 4 }),
					async (text, phrase) => {
						await withCatalogue(
							[sample(1, { title: null, text: text.join(" ") })],
							async (catalogue) => {
								const hits = await catalogue.search(`"${phrase.join(" ")}"`, { limit: 1 });
								const stands = ` ${text.join(" ")} `.includes(` ${phrase.join(" ")} `);
								assert.equal(hits.length === 1, stands);
							},
						);
					},
				),
				{ numRuns: 60 },
			));
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
				const nested = catalogue.transaction(() => catalogue.put([sample(1)]));
				await assert.rejects(nested, /within a transaction/);
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
