import { toOnwaxError } from "../errors.ts";
import { observe } from "../observation.ts";
import { inSpan } from "../telemetry/spans.ts";
import type { Engine } from "../transcribe/engine.ts";

/** The engine, with every request to it counted and in the trace; to be put inside its breaker. */
export function observedEngine(engine: Engine): Engine {
	return {
		...engine,
		async transcribe(request) {
			const startedAt = performance.now();
			const tell = (code: string | null) =>
				observe({
					kind: "engine",
					engine: engine.name,
					seconds: (performance.now() - startedAt) / 1000,
					code,
				});
			const about = { "onwax.engine": engine.name, "onwax.engine.type": engine.type };
			try {
				const output = await inSpan(
					"engine.transcribe",
					about,
					() => engine.transcribe(request),
					"client",
				);
				tell(null);
				return output;
			} catch (error) {
				tell(toOnwaxError(error, "ERR_ENGINE").code);
				throw error;
			}
		},
	};
}
