import type { Command } from "commander";
import { libraryStatus } from "../../app/status.ts";
import type { Act, Cli, Example } from "../command.ts";
import { formatAbout, formatDuration } from "../duration.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { writeFacts } from "../facts.ts";
import { offerMigration } from "../offer-migration.ts";
import { withReading } from "../session.ts";
import { count, formatSize } from "../size.ts";
import { visible } from "../visible.ts";

export const summary = "Show the library at a glance";

export const examples: Example[] = [
	["onwax status", "how much there is, what waits, what works"],
	["onwax status --json", "for scripts"],
];

export function define(command: Command, act: Act): void {
	command.action(act(run));
}

export async function run(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return withReading(cli, async (reading, config) => {
		const status = await libraryStatus(reading, config, cli.environment);
		const { recordings, trash, jobs, engine } = status;
		const { out } = output;
		const facts: [string, string][] = [
			["library", status.exists ? status.dataDir : `${status.dataDir} (made at the first import)`],
		];
		for (const one of status.recording) {
			if (one.state === "not-answering") {
				const where = `Ctrl-Z in its terminal; process ${one.pid}`;
				facts.push(["recording", `does not answer: it may be stopped (${where})`]);
			} else facts.push([one.state, `${formatDuration(one.capturedSeconds)} from ${one.device}`]);
		}
		if (recordings.total === 0) facts.push(["recordings", "none yet"]);
		else {
			const much = `${formatAbout(status.durationSeconds)}, ${formatSize(status.sizeBytes)}`;
			facts.push(["recordings", `${recordings.total.toLocaleString("en")} (${much})`]);
			const states = [
				[recordings.success, "with text", "green"],
				[recordings.pending, "waiting", "yellow"],
				[recordings.failed, "failed", "red"],
			] as const;
			const parts = states
				.filter(([n]) => n > 0)
				.map(([n, what, style]) => `${n.toLocaleString("en")} ${out.paint(style, what)}`);
			facts.push(["texts", parts.join(", ")]);
		}
		if (trash.recordings > 0) {
			facts.push([
				"trash",
				`${count(trash.recordings, "recording")}, ${formatSize(trash.sizeBytes)}`,
			]);
		}
		if (jobs !== null && jobs.queued + jobs.running + jobs.parked > 0) {
			facts.push([
				"work",
				`${jobs.queued} queued, ${jobs.running} running, ${jobs.parked} set aside`,
			]);
		}
		facts.push([
			"engine",
			engine === null ? "none: audio is kept without text" : `${engine.name}, ${engine.why}`,
		]);
		if (status.freeBytes !== null) facts.push(["disk", `${formatSize(status.freeBytes)} free`]);
		writeFacts(
			output,
			facts.map(([name, value]) => [name, name === "texts" ? value : visible(value)]),
		);
		if (recordings.failed > 0 && !output.json) output.note("`onwax list --state failed` says why.");
		const oldLibraries = await offerMigration(cli, config.dataDir);
		output.value({ ...status, oldLibraries });
		return exitStatus.done;
	});
}
