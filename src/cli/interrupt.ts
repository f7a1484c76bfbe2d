import { OnwaxError } from "../errors.ts";
import { exitStatus } from "./exit-status.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first Ctrl-C (or SIGTERM, or a terminal that is closed) asks the work to stop in order; the
 * second one ends the process where it stands, which the library survives.
 */
export function watchInterrupts(): { signal: AbortSignal; stop(): void } {
	const controller = new AbortController();
	const onSignal = () => {
		if (controller.signal.aborted) process.exit(exitStatus.interrupted);
		controller.abort(new OnwaxError("ERR_INTERRUPTED", "Interrupted."));
	};
	for (const name of signals) process.on(name, onSignal);
	return {
		signal: controller.signal,
		stop() {
			for (const name of signals) process.off(name, onSignal);
		},
	};
}
