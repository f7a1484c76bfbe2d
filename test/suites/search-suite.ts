import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { SpokenBy } from "../../src/recording.ts";
import { sampleRecording as sample } from "../sample-recording.ts";
import {
	type OpenCatalogue,
	searchTitles,
	useCatalogue,
	type WithCatalogue,
} from "./catalogue-in-test.ts";

/** How every driver of the catalogue must search. */
export function searchSuite(driver: string, open: OpenCatalogue): void {
	const withCatalogue: WithCatalogue = (recordings, use) => useCatalogue(open, recordings, use);

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

		test("finds what has no title by its file's name, which is shown for one", async () => {
			const named = sample(1, { title: null, originalFilename: "two-hours at sea.mp3" });
			const titled = sample(2, { title: "harbour", originalFilename: "two-hours at sea.mp3" });
			await withCatalogue([named, titled], async (catalogue) => {
				for (const query of ["sea", "two-hours", '"hours at sea"', "hours -harbour"]) {
					const hits = await catalogue.search(query, { limit: 10 });
					assert.deepEqual(
						hits.map(({ field, snippet }) => [field, snippet.text]),
						[["title", "two-hours at sea"]],
						query,
					);
				}
				assert.deepEqual(await catalogue.search("mp3", { limit: 10 }), []);
			});
		});

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

		/** Three people talk; `S1` of each recording is somebody else. */
		const talk = (number: number, title: string, said: [who: string, words: string][]) => {
			const text = said.map(([, words]) => words).join(" ");
			const speakers: SpokenBy[] = [];
			let at = 0;
			for (const [who, words] of said) {
				const [label = "", name = null] = who.split("=");
				const known = speakers.find((one) => one.label === label);
				const speaker: SpokenBy = known ?? { label, name, ranges: [] };
				if (!known) speakers.push(speaker);
				speaker.ranges.push([at, at + words.length]);
				at += words.length + 1;
			}
			return sample(number, { title, transcript: { text, originalText: text, speakers } });
		};
		const talks = [
			talk(1, "t1", [
				["S1=Anna Müller", "the budget is small"],
				["S2=Dr. Who", "travel in time"],
				["S1=Anna Müller", "new plans cost"],
			]),
			talk(2, "t2", [
				["S1=Ben", "the budget is fine"],
				["S2=Anna", "no more time"],
			]),
			talk(3, "t3", [
				["S1", "time and budget"],
				["S2=Annabel", "yes"],
			]),
			sample(4, { title: "anna", text: "anna speaks of time and the budget" }),
		];

		test("finds who speaks, by name, beginning, several words or label", () =>
			withCatalogue(talks, async (catalogue) => {
				const found = (query: string) => searchTitles(catalogue, query);
				assert.deepEqual(await found("speaker:anna"), ["t2", "t1"]);
				assert.deepEqual(await found("speaker:MULLER"), ["t1"]);
				assert.deepEqual(await found('speaker:"anna müller"'), ["t1"]);
				assert.deepEqual(await found('speaker:"müller anna"'), []);
				assert.deepEqual(await found("speaker:anna*"), ["t3", "t2", "t1"]);
				assert.deepEqual(await found('speaker:"anna m"*'), ["t1"]);
				assert.deepEqual(await found('speaker:"Dr. Who"'), ["t1"]);
				assert.deepEqual(await found("speaker:s2"), ["t3", "t2", "t1"]);
				assert.deepEqual(await found("speaker:anna speaker:ben"), ["t2"]);
				assert.deepEqual(await found("speaker:anna -speaker:ben"), ["t1"]);
				assert.deepEqual(await found('speaker:s1 -speaker:"dr who"'), ["t3", "t2"]);
				assert.deepEqual(await found("speaker:nobody"), []);
			}));

		test("finds what somebody says only where they say it themselves", () =>
			withCatalogue(talks, async (catalogue) => {
				const found = (query: string) => searchTitles(catalogue, query);
				assert.deepEqual(await found("speaker:anna budget"), ["t1"]);
				assert.deepEqual(await found("speaker:anna time"), ["t2"]);
				assert.deepEqual(await found('speaker:anna "the budget"'), ["t1"]);
				assert.deepEqual(await found('speaker:anna "small new"'), []);
				assert.deepEqual(await found("speaker:anna budget plans"), ["t1"]);
				assert.deepEqual(await found("speaker:anna budg*"), ["t1"]);
				assert.deepEqual(await found("speaker:anna speaker:ben budget time"), ["t2"]);
				assert.deepEqual(await found("speaker:anna t1"), []);
				const best = await catalogue.search("speaker:s1 budget", { limit: 9, best: true });
				assert.equal(best.length, 3);
			}));

		test("shows the piece in which they say it", () =>
			withCatalogue(
				[
					talk(1, "time", [
						["S1=Ben", `time ${"and ".repeat(40)}`.trim()],
						["S2=Anna", "in time we go"],
					]),
				],
				async (catalogue) => {
					const [hit] = await catalogue.search("speaker:anna time", { limit: 1 });
					const { text, highlights } = hit?.snippet ?? { text: "", highlights: [] };
					assert.equal(hit?.field, "transcript");
					assert.match(text, /in time we go$/);
					assert.deepEqual(
						highlights.map(([start]) => text.slice(start)),
						["time we go"],
					);
					const [only] = await catalogue.search("speaker:anna", { limit: 1 });
					assert.deepEqual(only?.snippet, { text: "…in time we go", highlights: [] });
				},
			));

		test("follows a speaker's new name, and forgets the old one, the text unchanged", () =>
			withCatalogue(talks, async (catalogue) => {
				await catalogue.put([
					talk(2, "t2", [
						["S1=Carl", "the budget is fine"],
						["S2", "no more time"],
					]),
				]);
				assert.deepEqual(await searchTitles(catalogue, "speaker:carl"), ["t2"]);
				assert.deepEqual(await searchTitles(catalogue, "speaker:ben"), []);
				assert.deepEqual(await searchTitles(catalogue, "speaker:anna"), ["t1"]);
				const { name } = sample(2).metadata;
				const speakers = (await catalogue.get(name))?.transcript?.speakers;
				assert.deepEqual(speakers?.[0], { label: "S1", name: "Carl", ranges: [[0, 18]] });
			}));

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

		test("finds the same after tidying", () =>
			withCatalogue([], async (catalogue) => {
				for (let i = 0; i < 20; i += 1) {
					await catalogue.put([sample(i, { text: i % 2 ? "odd" : "even" })]);
				}
				await catalogue.remove([sample(3).metadata.name]);
				const before = await searchTitles(catalogue, "odd");
				await catalogue.tidy();
				assert.equal(before.length, 9);
				assert.deepEqual(await searchTitles(catalogue, "odd"), before);
			}));

		test("answers anything that can be typed", () =>
			withCatalogue(library, (catalogue) => {
				const piece = fc.oneof(
					fc.string({ unit: "grapheme", maxLength: 12 }),
					fc.constantFrom(
						'"',
						"-",
						"*",
						"tag:",
						"speaker:",
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

		test("takes the parts of a phrase for the phrase only where they stand together", () =>
			withCatalogue(
				[sample(1, { title: "x", text: "b a b" }), sample(2, { title: "y", text: "a b a" })],
				async (catalogue) => {
					assert.deepEqual(await searchTitles(catalogue, '"a b a"'), ["y"]);
					assert.deepEqual(await searchTitles(catalogue, 'a -"a b a"'), ["x"]);
					assert.deepEqual(await searchTitles(catalogue, '"b a b"*'), ["x"]);
				},
			));

		test("finds every phrase of a text in that text, and never without its words", () =>
			withCatalogue([], (catalogue) => {
				const word = fc.constantFrom("a", "b", "c", "dé", "東京");
				const sentence = fc.array(word, { minLength: 2, maxLength: 9 });
				const piece = fc.array(word, { minLength: 1, maxLength: 4 });
				return fc.assert(
					fc.asyncProperty(sentence, piece, async (words, phrase) => {
						const text = words.join(" ");
						const wanted = phrase.join(" ");
						await catalogue.put([sample(1, { title: null, text })]);
						const hits = await catalogue.search(`"${wanted}"`, { limit: 1 });
						assert.equal(hits.length === 1, ` ${text} `.includes(` ${wanted} `));
					}),
					{ numRuns: 80 },
				);
			}));
	});
}
