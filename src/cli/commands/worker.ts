import type { Command } from "commander";
import { autoRetry } from "../../app/auto-retry.ts";
import { autoCleanup } from "../../app/cleanup.ts";
import { noEngine } from "../../app/engines.ts";
import { enqueueMissing } from "../../app/missing-jobs.ts";
import { runJobs } from "../../app/run-jobs.ts";
import { startTracing } from "../../telemetry/tracing.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { startProgress } from "../progress.ts";
import { withApp } from "../session.ts";
import { longRecordings, textProgressLine } from "../text-progress.ts";
import { textReport } from "../text-report.ts";
import { retryNotes } from "../wait-for-text.ts";

export const summary = "Do the work that waits, until Ctrl-C";

export const examples: Example[] = [
	["onwax worker", "turn into text whatever is imported with --no-wait"],
	["onwax worker --json >> texts.jsonl", "one line for each that got its text"],
];

export function define(command: Command, act: Act): void {
	command.action(act(run));
}

export async function run(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async (app) => {
		await enqueueMissing(app.library);
		await autoCleanup(app, cli.signal);
		await autoRetry(app);
		const engine = await app.engines.describeDefault();
		if (engine === null) {
			const { message, hint } = noEngine();
			output.note(`${message} ${hint} Other work goes on.`);
		}
		const by = engine === null ? "" : ` Texts by ${engine.name}.`;
		output.note(`Working.${by} Ctrl-C ends it.`);
		const tracing = startTracing({
			otlpUrl: app.config.telemetry.otlpUrl,
			environment: cli.environment,
			appVersion: app.library.appVersion,
			log: app.log,
		});
		const report = textReport(cli, app, 2);
		const noteRetry = retryNotes(cli, app);
		const long = longRecordings();
		const progress = startProgress(output, () => {
			const reached = long.reached();
			// What is short is over before anybody has read that it goes on.
			if (reached === null) return null;
			return textProgressLine("Turning into text", reached, output.err.columns - 1);
		});
		try {
			await runJobs(app, {
				scope: "all",
				signal: cli.signal,
				onAttemptFailed(name, attempt, nextDelayMs) {
					if (nextDelayMs === null) long.onEnded(name);
					noteRetry(name, attempt, nextDelayMs);
				},
				onProgress: long.onProgress,
				async onJobEnded(name, kind, nothingLeft) {
					long.onEnded(name);
					const recording = await app.library.catalogue.get(name);
					if (recording === null) return;
					if (kind === "transcribe") await report.onText(recording);
					if (nothingLeft) report.onSettled(recording);
				},
			});
		} finally {
			progress.stop();
			await tracing.close();
		}
		// Being asked to stop is how a worker ends: nothing went wrong.
		return exitStatus.done;
	});
}
