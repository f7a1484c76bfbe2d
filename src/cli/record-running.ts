import { type Layout, layoutOf } from "../archive/layout.ts";
import type { Snapshot, StopReason } from "../capture/capture.ts";
import { type LiveCapture, listCaptures } from "../capture/control-client.ts";
import { loadConfig } from "../config.ts";
import { OnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";
import { formatDuration } from "./duration.ts";
import { ladder } from "./ladder.ts";
import { glyphsFor } from "./record-meter.ts";
import { shortNames } from "./recording-row.ts";
import { visible } from "./visible.ts";

export const captureHelp = "name of one, or a beginning of it; not needed where there is only one";

/**
 * The captures that are meant, out of those that go on.
 *
 * @throws ERR_NOT_FOUND where there is none; ERR_AMBIGUOUS where it could be several, naming them
 */
export async function capturesMeant(
	cli: Cli,
	reference: string | undefined,
	all: boolean,
): Promise<LiveCapture[]> {
	return meant(await listCaptures(await layoutOfLibrary(cli)), reference, all);
}

export async function layoutOfLibrary({ environment }: Cli): Promise<Layout> {
	const { config } = await loadConfig({ env: environment });
	return layoutOf(config.dataDir);
}

export function meant(
	running: readonly LiveCapture[],
	reference: string | undefined,
	all: boolean,
): LiveCapture[] {
	if (running.length === 0) {
		throw new OnwaxError("ERR_NOT_FOUND", "Nothing is being recorded.", {
			hint: "`onwax record` begins; `onwax list` shows what is kept.",
		});
	}
	const found =
		reference === undefined || reference === "last"
			? running
			: running.filter(({ name }) => name.startsWith(reference));
	if (reference === "last") return found.slice(-1);
	if (found.length === 0) {
		throw new OnwaxError("ERR_NOT_FOUND", `No recording in progress is called ${reference}.`, {
			hint: `There ${running.length === 1 ? "is" : "are"}: ${namesOf(running)}.`,
		});
	}
	if (all || found.length === 1) return [...found];
	throw new OnwaxError(
		"ERR_AMBIGUOUS",
		`${found.length} recordings are going on: ${namesOf(found)}.`,
		{ hint: "Name one of them, or say --all." },
	);
}

function namesOf(captures: readonly LiveCapture[]): string {
	return captures
		.map(({ name, snapshot }) => {
			const device = snapshot === null ? "does not answer" : visible(snapshot.device);
			return `${name || "one without a name yet"} (${device})`;
		})
		.join(", ");
}

/** Tells that it was stopped, and how safe it is already; its own process makes the text. */
export function tellStopped(cli: Cli, snapshot: Snapshot, reason: StopReason | null): void {
	const { output, environment } = cli;
	const { name, capturedSeconds, sizeBytes } = snapshot;
	output.value({ event: "stopped", reason, ...snapshot });
	if (name === "") {
		output.note("Stopped. Nobody had spoken, and nothing was kept.");
		return;
	}
	const look = { sheet: output.err, tick: glyphsFor(environment).tick };
	const rungs = ladder({ capturedSeconds, onDiskBytes: sizeBytes, sha256: null }, look);
	const shown = shortNames(output.err, [name]).get(name) ?? name;
	output.note(`${rungs}  ${output.err.paint("dim", shown)}`);
}

export function tellPaused(cli: Cli, snapshot: Snapshot): void {
	const { output } = cli;
	const isPaused = snapshot.state === "paused";
	output.value({ event: isPaused ? "paused" : "resumed", ...snapshot });
	const length = formatDuration(snapshot.capturedSeconds);
	output.note(
		isPaused ? `Paused at ${length}. \`onwax resume\` goes on.` : `Going on at ${length}.`,
	);
}
