import type { CircuitBreakerPolicy } from "cockatiel";
import { type ErrorCode, OnwaxError } from "../errors.ts";
import type { Engine } from "./engine.ts";

export type BreakerOptions = {
	/** Opens after this many failures in a row. */
	failures: number;
	/** Stays open for this long; then one request is let through to see. */
	cooldownSeconds: number;
};

export const defaultBreakerOptions: BreakerOptions = { failures: 5, cooldownSeconds: 30 };

/** What says something about the service. Bad audio, a bad key or an empty account do not. */
const outages: readonly ErrorCode[] = [
	"ERR_ENGINE_UNAVAILABLE",
	"ERR_ENGINE_TIMEOUT",
	"ERR_ENGINE_RATE_LIMIT",
];

/**
 * The engine behind a circuit breaker (D4.4): a service that is down is left alone, and nobody
 * waits for its time limit again and again. While it is open, and while the one request that tries
 * it is under way, `transcribe` throws ERR_ENGINE_PAUSED with `retryAfterSeconds` and does not
 * call the engine. One breaker stands for one service: share what this returns, wrap it once.
 */
export function breaking(engine: Engine, options: BreakerOptions = defaultBreakerOptions): Engine {
	let policy: Promise<CircuitBreakerPolicy> | null = null;
	let openedAtMs = 0;

	async function createPolicy(): Promise<CircuitBreakerPolicy> {
		const { circuitBreaker, ConsecutiveBreaker, handleWhen } = await import("cockatiel");
		const created = circuitBreaker(
			handleWhen((error) => error instanceof OnwaxError && outages.includes(error.code)),
			{
				halfOpenAfter: options.cooldownSeconds * 1000,
				breaker: new ConsecutiveBreaker(options.failures),
			},
		);
		created.onBreak(() => {
			openedAtMs = Date.now();
		});
		return created;
	}

	function refusal(): OnwaxError {
		const sinceSeconds = (Date.now() - openedAtMs) / 1000;
		const leftSeconds = Math.ceil(options.cooldownSeconds - sinceSeconds);
		return new OnwaxError(
			"ERR_ENGINE_PAUSED",
			`${engine.name} was not asked: its last ${options.failures} requests or more failed`,
			{
				retryable: true,
				// At least a second, so that nobody spins; at most the cooldown, should a clock jump.
				retryAfterSeconds: Math.min(Math.max(leftSeconds, 1), options.cooldownSeconds),
				hint: "It is tried again by itself; `onwax engine test` shows what is wrong.",
			},
		);
	}

	return {
		...engine,
		async transcribe(request) {
			policy ??= createPolicy();
			const breaker = await policy;
			const { BrokenCircuitError, CircuitState } = await import("cockatiel");
			// Left to itself, cockatiel would make everybody wait for the trial to end.
			if (breaker.state === CircuitState.HalfOpen) throw refusal();
			try {
				return await breaker.execute(() => engine.transcribe(request));
			} catch (error) {
				throw error instanceof BrokenCircuitError ? refusal() : error;
			}
		},
	};
}
