import { join } from "node:path";
import type { Layout } from "../archive/layout.ts";
import { type LiveCapture, listCaptures, tell } from "../capture/control-client.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { acquireLock } from "../durable/process-lock.ts";
import { OnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";
import { meant, tellStopped } from "./record-running.ts";

export type Toggled =
	| {
			kind: "start";
			/** To be called when the recording can be found by the next press, or did not come about. */
			release(): void;
	  }
	| { kind: "stopped" };

/** A microphone may take seconds to open. */
const patienceMs = 20_000;

/**
 * What a press of the key means: the end of what is being recorded, or a beginning. Decided under a
 * lock that is held until the beginning is announced, or the end was heard, so that of two presses
 * at the same moment one begins and the other one ends it.
 *
 * @param device narrows what a press ends to what is recorded from it
 * @throws ERR_AMBIGUOUS where several go on: ending the wrong one would lose what is being said there
 */
export async function toggle(cli: Cli, layout: Layout, device: string | null): Promise<Toggled> {
	await makeFolder(layout.incoming);
	const options = { waitMs: patienceMs, signal: cli.signal };
	const lock = await acquireLock(join(layout.incoming, "toggle.db"), options);
	if (lock === null) {
		throw new OnwaxError("ERR_LIBRARY_BUSY", "A recording is just being begun elsewhere.", {
			retryable: true,
			hint: "It waits for its microphone; try again in a moment.",
		});
	}
	try {
		const running = endable(await listCaptures(layout), device);
		const [capture] = running.length === 0 ? [] : meant(running, undefined, false);
		if (capture === undefined) return { kind: "start", release: () => lock.release() };
		const telling = { signal: cli.signal, onHeard: () => lock.release() };
		const { snapshot, reason } = await tell(capture, "stop", telling);
		tellStopped(cli, snapshot, reason);
		return { kind: "stopped" };
	} catch (error) {
		lock.release();
		throw error;
	}
}

/**
 * Those that a press can mean. One that is ending already is not ended again: the press means the
 * next one. One that does not answer says nothing of its device, and is none of that device's.
 */
function endable(running: readonly LiveCapture[], device: string | null): LiveCapture[] {
	const going = running.filter(({ snapshot }) => snapshot?.state !== "stopping");
	if (device === null) return going;
	const wanted = device.toLowerCase();
	const words = ({ snapshot }: LiveCapture) =>
		[snapshot?.requestedDevice, snapshot?.device].map((text) => text?.toLowerCase() ?? "");
	// What was begun with these very words is what another press with them ends.
	const same = going.filter((one) => words(one)[0] === wanted);
	return same.length > 0
		? same
		: going.filter((one) => words(one).some((text) => text.includes(wanted)));
}
