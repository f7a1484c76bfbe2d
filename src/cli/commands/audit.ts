import type { Command } from "commander";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import { checkAudit } from "../../audit/check-audit.ts";
import { readAudit } from "../../audit/read-audit.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { days, wholeNumber } from "../parse.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";
import { formatDate } from "../when.ts";
import { padEnd } from "../width.ts";
import { withGuard } from "../with-guard.ts";

export const summary = "Show who did what";

export const examples: Example[] = [
	["onwax audit", "the twenty newest entries"],
	["onwax audit --since 7d --limit 0 --json", "a week of them, for scripts"],
	["onwax audit --verify", "whether anything was changed or taken away; status 5 if so"],
];

type Options = { since?: number; limit: number; verify?: boolean };

export function define(command: Command, act: Act): void {
	command
		.option("--since <age>", "of the last 7d, 36h or 2w", days)
		.option("-n, --limit <n>", "so many; 0 for all", wholeNumber, 20)
		.option("--verify", "follow the chain of hashes through the whole log")
		.action(act(run));
}

const pageSize = 500;

export async function run(cli: Cli, options: Options): Promise<ExitStatus> {
	return await withGuard(cli, async ({ auditFolder }) =>
		options.verify ? await verify(cli, auditFolder) : await show(cli, auditFolder, options),
	);
}

async function show(cli: Cli, folder: string, options: Options): Promise<ExitStatus> {
	const { output } = cli;
	const since =
		options.since === undefined ? null : new Date(Date.now() - options.since * 86_400_000);
	let left = options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
	let before: string | null = null;
	let shown = 0;
	do {
		const limit = Math.min(left, pageSize);
		const page = await readAudit(folder, { before, limit, since, actions: null });
		for (const entry of page.entries) {
			output.value(entry);
			output.line(lineFor(cli, entry));
		}
		shown += page.entries.length;
		left -= page.entries.length;
		before = page.next;
	} while (before !== null && left > 0 && !output.closed && !cli.signal.aborted);
	cli.signal.throwIfAborted();
	if (shown === 0 && !output.json) output.note("Nothing has been noted.");
	return exitStatus.done;
}

function lineFor({ output: { out } }: Cli, entry: AuditEntry): string {
	const { at, action, caller, address, recording, detail } = entry;
	const who = caller === null ? "nobody known" : `${caller.name} (${caller.kind})`;
	const facts = [
		...(address === null ? [] : [`from ${address}`]),
		...(recording === null ? [] : [recording]),
		...Object.entries(detail).map(([name, value]) => `${name} ${short(value)}`),
	];
	const about = out.paint("dim", visible(facts.join(" · ")));
	return `${formatDate(at)}  ${padEnd(action, 15)}  ${visible(who)}  ${about}`;
}

function short(value: unknown): string {
	return typeof value === "string" ? value : JSON.stringify(value);
}

async function verify(cli: Cli, folder: string): Promise<ExitStatus> {
	const { output } = cli;
	const check = await checkAudit(folder);
	const { entries, last, findings } = check;
	output.value(check);
	for (const { file, line, kind, message } of findings) {
		const style = kind === "damage" ? "red" : "yellow";
		output.line(`${output.out.paint(style, padEnd(kind, 6))}  ${file}:${line}  ${message}`);
	}
	if (last !== null) output.line(`last entry ${last.number}, hash ${last.hash}`);
	const isDamaged = findings.some(({ kind }) => kind === "damage");
	if (!output.json) {
		const all = `${count(entries, "entry", "entries")} read`;
		output.note(
			isDamaged ? `${all}: something was changed.` : `${all}: each follows from the one before.`,
		);
	}
	return isDamaged ? exitStatus.damaged : exitStatus.done;
}
