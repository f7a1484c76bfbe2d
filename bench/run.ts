import { mkdir, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { benchEvents } from "./events.ts";
import { benchImportLarge, benchImportMany } from "./import.ts";
import { benchMedia } from "./media.ts";
import { benchOverhead } from "./overhead.ts";
import { run } from "./process.ts";
import { benchRanges } from "./ranges.ts";
import { benchRecord } from "./record.ts";
import { benchRecovery } from "./recovery.ts";
import { meets, type Row } from "./row.ts";
import { searchBench } from "./search.ts";
import { benchService } from "./service.ts";
import { benchSpeech } from "./speech.ts";
import { benchStartUp } from "./start-up.ts";
import { benchUploads } from "./uploads.ts";
import { validateBench } from "./validate.ts";
import { benchWindows } from "./windows.ts";

/**
 *   npm run bench                  everything (about half an hour; 6 GB in the temporary folder)
 *   npm run bench -- import start  some of it
 *
 * Prints a table and writes bench/results/<time>.json.
 */
const benches: Record<string, () => Promise<Row[]>> = {
	start: benchStartUp,
	import: benchImportMany,
	large: benchImportLarge,
	overhead: benchOverhead,
	media: benchMedia,
	validate: validateBench,
	windows: benchWindows,
	record: benchRecord,
	recovery: benchRecovery,
	speech: benchSpeech,
	uploads: benchUploads,
	search: () => searchBench(1_000_000),
	service: benchService,
	ranges: benchRanges,
	events: benchEvents,
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !benches[name]);
if (unknown.length > 0) {
	process.stderr.write(
		`No bench ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}.\n`,
	);
	process.exit(2);
}

const machine = {
	cpu: cpus()[0]?.model ?? "unknown",
	cores: cpus().length,
	memoryGb: Math.round(totalmem() / 2 ** 30),
	system: `${process.platform} ${release()}`,
	node: process.version,
};
// What people run, of these sources.
await run(process.execPath, [fileURLToPath(new URL("../bin/build.js", import.meta.url))]);
const rows: Row[] = [];
for (const name of chosen.length > 0 ? chosen : Object.keys(benches)) {
	process.stderr.write(`${name} …\n`);
	const measured = (await benches[name]?.()) ?? [];
	for (const row of measured) process.stdout.write(`${line(row)}\n`);
	rows.push(...measured);
}

const folder = join(import.meta.dirname, "results");
await mkdir(folder, { recursive: true });
const at = new Date().toISOString();
const result = join(folder, `${at.replaceAll(":", "-")}.json`);
await writeFile(result, `${JSON.stringify({ at, machine, rows }, null, 2)}\n`);
process.stderr.write(`${result}\n`);
process.exitCode = rows.every(meets) ? 0 : 1;

function line(row: Row): string {
	const peer = row.peer === null ? "" : ` beside ${figure(row.peer)} ${row.unit}`;
	const ratio = row.peer === null ? "" : `   ${row.ratio.toFixed(2)} ×`;
	const target = row.peer === null ? `${row.target} ${row.unit}` : `${row.target} ×`;
	const verdict = meets(row) ? "meets" : "MISSES";
	const bound = row.bound ?? "at most";
	return `| ${row.what} | ${figure(row.ours)} ${row.unit}${peer}${ratio} | ${bound} ${target} | ${verdict} |`;
}

function figure(value: number): string {
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
