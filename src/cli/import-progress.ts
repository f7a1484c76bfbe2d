import { measureImport } from "../app/measure-import.ts";
import type { App } from "../app/open-app.ts";
import type { ImportOutcome } from "../import/import-files.ts";
import type { Cli } from "./command.ts";
import { bar, startProgress } from "./progress.ts";
import { formatSize } from "./size.ts";

/** The bar while files are being kept: bytes and files, out of all once they have been counted. */
export function importProgress(cli: Cli, app: App, paths: readonly string[]) {
	let files = 0;
	let bytes = 0;
	let total: { files: number; bytes: number } | null = null;
	if (cli.output.err.isTerminal && paths.length > 0) {
		// A bar without an end is still a bar: what goes wrong in counting is told by the import.
		measureImport(app, paths, cli.signal).then(
			(size) => {
				total = size;
			},
			() => undefined,
		);
	}
	const progress = startProgress(cli.output, () => {
		if (total === null || total.bytes === 0) return `Keeping: ${files} files, ${formatSize(bytes)}`;
		const counts = `${files} of ${total.files} files, ${formatSize(bytes)} of ${formatSize(total.bytes)}`;
		return `${bar(bytes / total.bytes, 16)}  ${counts}`;
	});
	return {
		...progress,
		onBytes: (more: number) => {
			bytes += more;
		},
		counting: (report: { onOutcome: (outcome: ImportOutcome) => void }) => ({
			onOutcome: (outcome: ImportOutcome) => {
				if (outcome.kind !== "passed") files += 1;
				report.onOutcome(outcome);
			},
		}),
	};
}
