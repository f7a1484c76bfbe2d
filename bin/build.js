// Makes the program of few files in place of a thousand: finding and opening those is more than
// half of a start (docs/decisions/0017-the-program-is-built.md).
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { builtFolder, sourcesList, sourcesListName } from "./built.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "src/");
const folder = `${builtFolder}.part`;

/** Native code, which looks for its own files, and which few commands load. */
const outside = /^(node-av|sherpa-onnx-node|decibri)(\/|$)/;

/**
 * What sources `require` only when they need it: a file each, read then, and named by its version: a
 * program that runs already finds the one that it was made with.
 */
const later = new Map(
	["kysely", "pino", "zod"].map((name) => {
		const about = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
		return [name, `${name}-${JSON.parse(about).version}`];
	}),
);
const places = new RegExp(
	`(?:createRequire\\(import\\.meta\\.url\\)|\\brequire)\\("(${[...later.keys()].join("|")})"\\)|import\\.meta\\.url`,
	"g",
);

/** A source that asks for what lies beside it (a thread, a child, a sample) is told where it lay. */
const keepPlaces = {
	name: "keep-places",
	/** @param {string} code @param {string} id */
	transform(code, id) {
		if (!id.startsWith(sources) || !code.includes("import.meta.url")) return null;
		const place = JSON.stringify(`../${relative(root, id)}`);
		const placed = code.replace(places, (_, name) =>
			name === undefined
				? `new URL(${place}, import.meta.url).href`
				: `createRequire(import.meta.url)("./${later.get(name)}.cjs")`,
		);
		// Every line is still the same line.
		return { code: placed, map: null };
	},
};

/** The sources themselves are there to be read. */
const withoutCopies = {
	name: "without-copies",
	/** @param {unknown} _options @param {Record<string, any>} bundle */
	generateBundle(_options, bundle) {
		for (const file of Object.values(bundle)) {
			if (!file.fileName.endsWith(".map")) continue;
			file.source = JSON.stringify({ ...JSON.parse(file.source), sourcesContent: undefined });
		}
	},
};

/** @param {string | Record<string, string>} input @param {"esm" | "cjs"} format */
async function build(input, format) {
	const bundle = await rolldown({
		...{ cwd: root, input, platform: "node", external: outside },
		plugins: [keepPlaces, withoutCopies],
		checks: { ineffectiveDynamicImport: false, mixedExports: false },
	});
	await bundle.write({
		...{ dir: folder, format, sourcemap: true },
		entryFileNames: format === "esm" ? "[name].js" : "[name].cjs",
		chunkFileNames: "[name]-[hash].js",
		// What a third of the commands need is one file: the others lose less by it than each gains.
		codeSplitting: { groups: [{ name: "common", test: /[\\/]src[\\/]/, minShareCount: 15 }] },
	});
	await bundle.close();
}

/** What programs that run may still ask for is kept so long after a build that has it no more. */
const keptDays = 7;
/** Lies with what was built: since when a file is of an earlier build only, by the file's name. */
const earlierName = "earlier.json";

/** @param {string[]} current names of this build's files */
async function removeLongUnused(current) {
	const path = join(builtFolder, earlierName);
	/** @type {Record<string, string>} */
	let before = {};
	try {
		before = JSON.parse(await readFile(path, "utf8"));
	} catch {
		// The first build, or one after a crash: counted from now on.
	}
	/** @type {Record<string, string>} */
	const earlier = {};
	const own = new Set([...current, sourcesListName, earlierName]);
	for (const name of await readdir(builtFolder)) {
		if (own.has(name)) continue;
		const since = before[name] ?? new Date().toISOString();
		if (Date.now() - Date.parse(since) < keptDays * 86_400_000) earlier[name] = since;
		else await rm(join(builtFolder, name), { recursive: true });
	}
	await rename(await written(earlierName, JSON.stringify(earlier)), path);
}

/** @param {string} name @param {string} text */
async function written(name, text) {
	const path = join(folder, name);
	await writeFile(path, text);
	return path;
}

const made = sourcesList();
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
await build("src/cli/main.ts", "esm");
for (const [name, file] of later) await build({ [file]: name }, "cjs");
const names = await readdir(folder);
await mkdir(builtFolder, { recursive: true });
// Until all is in its place nothing that was built counts. A program that has just found it does, and
// one that runs, go on with what they find: the entry comes after all that it asks for, and nothing goes.
await rm(join(builtFolder, sourcesListName), { force: true });
const entry = "main.js";
for (const name of [...names.filter((name) => name !== entry), entry]) {
	await rename(join(folder, name), join(builtFolder, name));
}
await removeLongUnused(names);
// Last: from here on it counts. Made of sources that have changed meanwhile, it never does.
await rename(await written(sourcesListName, made), join(builtFolder, sourcesListName));
await rm(folder, { recursive: true });
