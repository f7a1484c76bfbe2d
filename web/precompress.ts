import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin, ResolvedConfig } from "vite";

const compressible = /\.(js|css|html|svg|json|webmanifest)$/;

/**
 * Puts a `.br` and a `.gz` beside every file that gets smaller by it: the service sends those. Says
 * how much JavaScript the first view takes.
 */
export function precompress(): Plugin {
	let config: ResolvedConfig;
	let firstView: string[] = [];
	return {
		name: "onwax:precompress",
		apply: "build",
		enforce: "post",
		configResolved(resolved) {
			config = resolved;
		},
		generateBundle(_options, bundle) {
			const page = bundle["index.html"];
			// The service worker's own build, which has no page, comes through here too.
			if (page?.type !== "asset") return;
			const scripts = String(page.source).matchAll(/<script[^>]+src="\/([^"]+)"/g);
			const wanted = [...scripts].map(([, file]) => file as string);
			for (const name of wanted) {
				const chunk = bundle[name];
				if (chunk?.type !== "chunk")
					throw new Error(`the page asks for ${name}, which is not built`);
				wanted.push(...chunk.imports.filter((other) => !wanted.includes(other)));
			}
			firstView = wanted;
		},
		closeBundle: {
			order: "post",
			sequential: true,
			async handler() {
				// The build failed.
				if (firstView.length === 0) return;
				const folder = resolve(config.root, config.build.outDir);
				let firstViewBytes = 0;
				for (const file of await readdir(folder, { recursive: true })) {
					if (!compressible.test(file)) continue;
					const bytes = await compress(join(folder, file));
					if (firstView.includes(file)) firstViewBytes += bytes;
				}
				const kilobytes = (firstViewBytes / 1000).toFixed(1);
				config.logger.info(`JavaScript of the library view: ${kilobytes} kB compressed`);
			},
		},
	};
}

/** @returns size of the smallest version */
async function compress(path: string): Promise<number> {
	const bytes = await readFile(path);
	const brotli = await promisify(brotliCompress)(bytes, {
		params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
	});
	if (brotli.length >= bytes.length) return bytes.length;
	await writeFile(`${path}.br`, brotli);
	await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }));
	return brotli.length;
}
