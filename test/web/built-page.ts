import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../", import.meta.url));
const sources = [
	"web/src",
	"web/public",
	"web/index.html",
	"web/vite.config.ts",
	"web/precompress.ts",
];
const more = ["package-lock.json", "samples/hello.wav"];

/**
 * Folder of the page as its sources are now: built once, whoever asks first, and kept under the hash of
 * what it was built from.
 */
export async function builtPage(): Promise<string> {
	const cache = join(root, ".cache");
	await mkdir(cache, { recursive: true });
	const folder = join(cache, `page-${await hashOfSources()}`);
	if (await exists(folder)) return folder;
	const own = await mkdtemp(join(cache, "page-building-"));
	await build({
		root: join(root, "web"),
		configFile: join(root, "web/vite.config.ts"),
		logLevel: "error",
		build: { outDir: own, emptyOutDir: true },
	});
	try {
		await rename(own, folder);
	} catch (error) {
		// Another test's process was faster.
		await rm(own, { recursive: true, force: true });
		if (!(await exists(folder))) throw error;
	}
	await forgetOthers(cache, folder);
	return folder;
}

async function hashOfSources(): Promise<string> {
	const hash = createHash("sha256");
	for (const source of [...sources, ...more]) {
		const path = join(root, source);
		const isFolder = (await stat(path)).isDirectory();
		const files = isFolder ? await readdir(path, { recursive: true }) : [""];
		for (const file of files.sort()) {
			const facts = await stat(join(path, file));
			if (!facts.isFile()) continue;
			hash.update(`${source}/${file}\0`).update(await readFile(join(path, file)));
		}
	}
	return hash.digest("hex").slice(0, 16);
}

/** Pages of older sources, but not those of the last hour, which another test may be showing. */
async function forgetOthers(cache: string, kept: string): Promise<void> {
	const hourAgo = Date.now() - 3_600_000;
	for (const name of await readdir(cache)) {
		const path = join(cache, name);
		if (!name.startsWith("page-") || path === kept) continue;
		const facts = await stat(path).catch(() => null);
		if (facts && facts.mtimeMs < hourAgo) await rm(path, { recursive: true, force: true });
	}
}

async function exists(path: string): Promise<boolean> {
	return (await stat(path).catch(() => null)) !== null;
}
