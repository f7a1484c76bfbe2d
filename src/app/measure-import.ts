import { findFiles } from "../import/find-files.ts";
import { whatToFind } from "./import.ts";
import type { App } from "./open-app.ts";

export type ImportSize = { files: number; bytes: number };

/** How much there is to import, for a progress bar; looks at names and sizes only. */
export async function measureImport(
	app: App,
	paths: readonly string[],
	signal: AbortSignal,
): Promise<ImportSize> {
	const size: ImportSize = { files: 0, bytes: 0 };
	for await (const found of findFiles(paths, whatToFind(app))) {
		if (signal.aborted) break;
		if (found.kind !== "file") continue;
		size.files += 1;
		size.bytes += found.file.sizeBytes;
	}
	return size;
}
