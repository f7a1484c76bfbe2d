import type { CircuitBreakerPolicy } from "cockatiel";
import { type ErrorCode, OnwaxError, toOnwaxError } from "../errors.ts";
import {
	type BreakerMemory,
	type BreakerState,
	stillHolds,
	unknownState,
} from "./breaker-state.ts";
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

const forgetful: BreakerMemory = { recall: async () => null, remember: async () => {} };

/**
 * The engine behind a circuit breaker (D4.4): a service that is down is left alone, and nobody
 * waits for its time limit again and again. While it is open, and while the one request that tries
 * it is under way, `transcribe` throws ERR_ENGINE_PAUSED with `retryAfterSeconds` and does not
 * call the engine. One breaker stands for one service: share what this returns, wrap it once.
 *
 * With a `memory` it begins where the process before it stopped: ten of them in a row do not each
 * find out that the same service is down.
 */
export function breaking(
	engine: Engine,
	options: BreakerOptions = defaultBreakerOptions,
	memory: BreakerMemory = forgetful,
): Engine {
	let opening: Promise<CircuitBreakerPolicy> | null = null;
	let state: BreakerState = unknownState;

	async function open(): Promise<CircuitBreakerPolicy> {
		const [{ circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen }, remembered] =
			await Promise.all([import("cockatiel"), memory.recall()]);
		state = stillHolds(remembered ?? unknownState, Date.now());
		const { openedAt } = state;
		// Its own form of it, as its `toJSON` gives it.
		const ownState =
			openedAt === null
				? { value: CircuitState.Closed }
				: { value: CircuitState.Open, openedAt: Date.parse(openedAt), attemptNo: 1 };
		const policy = circuitBreaker(
			handleWhen((error) => error instanceof OnwaxError && outages.includes(error.code)),
			{
				halfOpenAfter: options.cooldownSeconds * 1000,
				breaker: new ConsecutiveBreaker(options.failures),
				initialState: { ownState, breakerState: state.failures },
			},
		);
		policy.onBreak(() => {
			state = { ...state, openedAt: new Date().toISOString() };
		});
		policy.onReset(() => {
			state = { ...state, openedAt: null };
		});
		return policy;
	}

	function refusal(): OnwaxError {
		const sinceSeconds = (Date.now() - Date.parse(state.openedAt ?? "")) / 1000 || 0;
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
			opening ??= open();
			const breaker = await opening;
			const { BrokenCircuitError, CircuitState } = await import("cockatiel");
			// Left to itself, cockatiel would make everybody wait for the trial to end.
			if (breaker.state === CircuitState.HalfOpen) throw refusal();
			try {
				const output = await breaker.execute(() => engine.transcribe(request));
				// Not what opened or closed it: a late success of a request from before is no trial.
				state = { ...afterSuccess(state), openedAt: state.openedAt };
				await memory.remember(state);
				return output;
			} catch (error) {
				if (error instanceof BrokenCircuitError) throw refusal();
				const failed = afterFailure(state, toOnwaxError(error, "ERR_ENGINE"));
				const isNews = failed !== state;
				state = failed;
				if (isNews) await memory.remember(state);
				throw error;
			}
		},
	};
}

/** What a success says, whoever had it. */
export function afterSuccess(state: BreakerState): BreakerState {
	return { ...state, failures: 0, openedAt: null, lastSuccessAt: new Date().toISOString() };
}

/** What a failure says; nothing where the request was given up by whoever made it. */
export function afterFailure(state: BreakerState, { code, message }: OnwaxError): BreakerState {
	if (code === "ERR_INTERRUPTED") return state;
	const failures = outages.includes(code) ? state.failures + 1 : state.failures;
	return { ...state, failures, lastFailure: { at: new Date().toISOString(), code, message } };
}
