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
 * @throws ERR_NOT_FOUND where there is none; ERR_AMBIGUOUS where it could be several, naming them; one
 *   that does not answer is meant only where it is named, or no other is there
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
	const isNamed = reference !== undefined && reference !== "last";
	const found = isNamed ? running.filter(({ name }) => name.startsWith(reference)) : [...running];
	if (found.length === 0) {
		throw new OnwaxError("ERR_NOT_FOUND", `No recording in progress is called ${reference}.`, {
			hint: `There ${running.length === 1 ? "is" : "are"}: ${namesOf(running)}.`,
		});
	}
	if (all) return found;
	// One that cannot be asked does not stand in the way of the others.
	const answering = found.filter(({ snapshot }) => snapshot !== null);
	const candidates = answering.length > 0 ? answering : found;
	if (reference === "last") return candidates.slice(-1);
	if (candidates.length === 1) return candidates;
	throw new OnwaxError(
		"ERR_AMBIGUOUS",
		`${candidates.length} recordings are going on: ${namesOf(candidates)}.`,
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
