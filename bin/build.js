// Makes the program of few files in place of a thousand: finding and opening those is more than
// half of a start (docs/decisions/0017-the-program-is-built.md).
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { builtFolder, sourcesList, sourcesListName } from "./built.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = join(root, "src/");
const folder = `${builtFolder}.part`;

/** Native code, which looks for its own files, and which few commands load. */
const outside = /^(node-av|sherpa-onnx-node|decibri)(\/|$)/;

/** What sources `require` only when they need it: a file each, read then. */
const later = ["kysely", "pino", "zod"];
const places = new RegExp(
	`(?:createRequire\\(import\\.meta\\.url\\)|\\brequire)\\("(${later.join("|")})"\\)|import\\.meta\\.url`,
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
				: `createRequire(import.meta.url)("./${name}.cjs")`,
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

const made = sourcesList();
await rm(folder, { recursive: true, force: true });
await mkdir(folder);
await build("src/cli/main.ts", "esm");
for (const name of later) await build({ [name]: name }, "cjs");
await rm(builtFolder, { recursive: true, force: true });
await rename(folder, builtFolder);
// Last: from here on it counts. Made of sources that have changed meanwhile, it never does.
await writeFile(join(builtFolder, sourcesListName), made);
