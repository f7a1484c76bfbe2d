import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { cleanup } from "../../app/cleanup.ts";
import { installCleanupTimer } from "../../app/cleanup-timer.ts";
import { terminalCaller } from "../../audit/terminal-caller.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { days } from "../parse.ts";
import { withApp } from "../session.ts";
import { count, formatSize } from "../size.ts";
import { visible } from "../visible.ts";

export const summary = "Let go of old recordings, by your retention rules";

export const examples: Example[] = [
	["onwax cleanup --dry-run", "what would go"],
	["onwax cleanup --older-than 30d", "into the trash with what is older"],
	["onwax cleanup --install-timer", "every day, by systemd"],
];

export type Options = { olderThan?: number; dryRun?: boolean; installTimer?: boolean };

export function define(command: Command, act: Act): void {
	command
		.option("--older-than <age>", "in place of the configured ages: 7d, 36h, 2w", days)
		.option("--dry-run", "show what would go")
		.option("--install-timer", "write a systemd timer that does it every day")
		.action(act(run));
}

export async function run(cli: Cli, options: Options): Promise<ExitStatus> {
	if (options.installTimer) return installTimer(cli);
	const { output } = cli;
	const { dryRun = false } = options;
	return withApp(cli, async (app) => {
		const olderThanDays = options.olderThan ?? null;
		const by = { caller: terminalCaller() };
		const report = await cleanup(app, { olderThanDays, dryRun, signal: cli.signal, by });
		output.value({ ...report, dryRun });
		for (const [verb, style, entries] of [
			["trash", "yellow", report.trashed],
			["purge", "red", report.purged],
		] as const) {
			for (const { name, reason } of entries) {
				output.line(
					`${output.out.paint(style, verb)}  ${name}  ${output.out.paint("dim", reason)}`,
				);
			}
		}
		for (const { name, message } of report.errors) output.note(`${name}: ${visible(message)}`);
		const would = dryRun ? "would go" : "went";
		const parts = [
			`${report.trashed.length} ${would} to the trash`,
			`${report.purged.length} ${would} for good (${formatSize(report.bytesFreed)})`,
		];
		output.note(`${count(report.scanned, "recording")} looked at: ${parts.join(", ")}.`);
		return report.errors.length > 0 ? exitStatus.failed : exitStatus.done;
	});
}

async function installTimer(cli: Cli): Promise<ExitStatus> {
	const { output, environment } = cli;
	const program = fileURLToPath(new URL("../../../bin/onwax.js", import.meta.url));
	const installed = await installCleanupTimer({
		command: [process.execPath, program],
		env: environment,
		homeDir: environment.HOME || homedir(),
	});
	output.value(installed);
	output.line(installed.service);
	output.line(installed.timer);
	output.note(`Turn it on with:\n  ${installed.enable}`);
	return exitStatus.done;
}
