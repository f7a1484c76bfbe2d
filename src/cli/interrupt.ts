import { OnwaxError } from "../errors.ts";
import { exitStatus } from "./exit-status.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type Interrupts = {
	/** Aborted with ERR_INTERRUPTED, whose cause is the signal's name. */
	readonly signal: AbortSignal;
	/** Ctrl-C was what was waited for (the end of a recording): the next one is a first one again. */
	renew(): void;
};

/**
 * The first Ctrl-C (or SIGTERM, or a terminal that is closed) asks the work to stop in order; the
 * second one ends the process where it stands, which the library survives.
 */
export function watchInterrupts(): Interrupts & { stop(): void } {
	let controller = new AbortController();
	const onSignal = (name: NodeJS.Signals) => {
		if (controller.signal.aborted) process.exit(exitStatus.interrupted);
		controller.abort(new OnwaxError("ERR_INTERRUPTED", "Interrupted.", { cause: name }));
	};
	for (const name of signals) process.on(name, onSignal);
	return {
		get signal() {
			return controller.signal;
		},
		renew() {
			controller = new AbortController();
		},
		stop() {
			for (const name of signals) process.off(name, onSignal);
		},
	};
}
