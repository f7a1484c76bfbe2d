import { spawnSync } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { importPaths } from "../../src/app/import.ts";
import type { App } from "../../src/app/open-app.ts";
import type { Config } from "../../src/config/defaults.ts";

/** What is said in the example library; each text is spoken by espeak-ng, so that there is sound to look at. */
const memos: { title: string; tags: string[]; text: string }[] = [
	{
		title: "Budget for the reading room",
		tags: ["work", "library"],
		text: "So the budget for the reading room is settled. We keep the long tables. The lamps come in March, and the shelves along the north wall stay as they are. Anna wants to see the drawings before Tuesday. I said that we would send them on Monday evening at the latest.",
	},
	{
		title: "Interview with the bell founder",
		tags: ["interview"],
		text: "A bell is never finished when it leaves the mould. You listen to it for a week, and then you begin to take away. A little here, a little there. My grandfather said that the bell already knows its note, you only have to find it.",
	},
	{ title: "Shopping", tags: [], text: "Flour, two lemons, the good salt, and candles." },
	{
		title: "What the doctor said",
		tags: ["health"],
		text: "Half a tablet in the morning for two weeks, then call again. No grapefruit. Walk every day, even when it rains.",
	},
	{
		title: "Idea for chapter three",
		tags: ["novel"],
		text: "The letter should arrive before she leaves, not after. Then the whole journey is a decision and not an accident.",
	},
];

const failing = "A recording that no engine could read";

/** Settings under which `fillExampleLibrary` finds an engine that knows these texts. */
export async function exampleSettings(folder: string): Promise<Partial<Config>> {
	const script = join(folder, "example-engine");
	await writeFile(script, engineScript, { mode: 0o700 });
	const known = join(folder, "texts.json");
	const command = [script, "{audio}", known];
	return {
		engine: "example",
		engines: { example: { type: "command", command, output: "json", input: { container: "any" } } },
		retry: { maxAttempts: 1, delaysSeconds: [0.05], maxDelaySeconds: 1 },
		coverage: { enabled: true, askAgain: false },
	};
}

/** Five memos that were spoken, and one that no engine can do anything with. */
export async function fillExampleLibrary(app: App, folder: string): Promise<void> {
	const texts: Record<string, string> = {};
	const signal = new AbortController().signal;
	const spoken = [...memos, { title: failing, tags: [], text: "Nobody knows what this is about." }];
	const paths: string[] = [];
	for (const { title, text } of spoken) {
		const path = join(folder, `${title}.wav`);
		spawnSync("espeak-ng", ["-v", "en-gb", "-s", "150", "-w", path, text]);
		const { size } = await stat(path);
		// The engine is given the file as it came: its length tells which one it is.
		if (title !== failing) texts[String(size)] = text;
		paths.push(path);
	}
	await writeFile(join(folder, "texts.json"), JSON.stringify(texts));
	for (const [index, { title, tags }] of spoken.entries()) {
		await importPaths(app, [paths[index] as string], { title, tags, signal, onOutcome() {} });
	}
}

/** Says the text it knows for a file of that size, its words evenly over the speech. */
const engineScript = `#!/usr/bin/env node
const { readFileSync, statSync } = require("node:fs");
const [audio, known] = process.argv.slice(2);
const text = JSON.parse(readFileSync(known, "utf8"))[statSync(audio).size];
if (text === undefined) {
	process.stderr.write("The engine has no model for this language.\\n");
	process.exit(1);
}
const seconds = (statSync(audio).size - 44) / 44100;
const words = text.split(" ");
const letters = text.length;
let at = 0;
const timed = words.map((word) => {
	const start = (at / letters) * seconds;
	at += word.length + 1;
	return { word, start, end: (at / letters) * seconds - 0.02 };
});
const segments = [];
for (let i = 0, from = 0; i < words.length; i += 1) {
	if (!/[.?!]$/.test(words[i])) continue;
	const some = timed.slice(from, i + 1);
	segments.push({ text: words.slice(from, i + 1).join(" "), start: some[0].start, end: some.at(-1).end, words: some });
	from = i + 1;
}
process.stdout.write(JSON.stringify({ text, language: "en", segments }));
`;
