import { toOnwaxError } from "../errors.ts";
import { afterFailure, afterSuccess } from "../transcribe/breaker.ts";
import { type BreakerMemory, unknownState } from "../transcribe/breaker-state.ts";
import type { Engine } from "../transcribe/engine.ts";

/**
 * The engine without a breaker before it, for one who asks whether it works. What comes of it is
 * remembered; a failure opens nothing and counts for nothing, as nobody's work hung on it.
 */
export function trying(engine: Engine, memory: BreakerMemory): Engine {
	return {
		...engine,
		async transcribe(request) {
			const before = (await memory.recall()) ?? unknownState;
			try {
				const output = await engine.transcribe(request);
				await memory.remember(afterSuccess(before));
				return output;
			} catch (thrown) {
				const failed = afterFailure(before, toOnwaxError(thrown, "ERR_ENGINE"));
				const { failures } = before;
				await memory.remember({ ...failed, failures });
				throw thrown;
			}
		},
	};
}
