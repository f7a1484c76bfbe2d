import type { ErrorCode } from "../errors.ts";

/**
 * What is known about an engine's last answers, as it is kept for other processes: small, and of no
 * weight. Where it is lost or wrong the engine is asked as if nothing were known.
 */
export type BreakerState = {
	format: 1;
	/** Outages in a row, up to now. */
	failures: number;
	/** When it opened last; null while it is closed. */
	openedAt: string | null;
	lastFailure: { at: string; code: ErrorCode; message: string } | null;
	lastSuccessAt: string | null;
};

/** Where the state is kept; both end without throwing, whatever happens. */
export type BreakerMemory = {
	/** Null where there is none, or none that can be read. */
	recall(): Promise<BreakerState | null>;
	/** Of many successes in a row it may leave out most. */
	remember(state: BreakerState): Promise<void>;
};

export const unknownState: BreakerState = {
	format: 1,
	failures: 0,
	openedAt: null,
	lastFailure: null,
	lastSuccessAt: null,
};

/** What happened longer ago says nothing about the service as it is today. */
const forgottenAfterMs = 60 * 60 * 1000;

/**
 * What of a remembered state still holds. An opening that lies in the future (the clock was set
 * back), or long ago, is none; neither do failures count that belong to it.
 */
export function stillHolds(state: BreakerState, nowMs: number): BreakerState {
	const isRecent = (at: string | null) => {
		const agoMs = nowMs - Date.parse(at ?? "");
		return agoMs >= 0 && agoMs < forgottenAfterMs;
	};
	return {
		...state,
		openedAt: isRecent(state.openedAt) ? state.openedAt : null,
		failures: isRecent(state.lastFailure?.at ?? null) ? state.failures : 0,
	};
}

/** What people are told about a breaker. */
export type BreakerView = {
	/** `trying`: the cooldown is over, and the next request shows whether the service is back. */
	state: "closed" | "open" | "trying";
	since: string | null;
	until: string | null;
	failures: number;
	lastFailure: BreakerState["lastFailure"];
	lastSuccessAt: string | null;
};

export function viewBreaker(
	remembered: BreakerState | null,
	cooldownSeconds: number,
	nowMs: number,
): BreakerView {
	const { failures, openedAt, lastFailure, lastSuccessAt } = stillHolds(
		remembered ?? unknownState,
		nowMs,
	);
	const rest = { failures, lastFailure, lastSuccessAt };
	if (openedAt === null) return { state: "closed", since: null, until: null, ...rest };
	const untilMs = Date.parse(openedAt) + cooldownSeconds * 1000;
	const state = nowMs < untilMs ? "open" : "trying";
	return { state, since: openedAt, until: new Date(untilMs).toISOString(), ...rest };
}

/** Reads a state as it was kept; null for anything that is none. */
export function readBreakerState(text: string): BreakerState | null {
	let value: Partial<BreakerState>;
	try {
		value = JSON.parse(text);
	} catch {
		return null;
	}
	const isTime = (at: unknown) =>
		at === null || (typeof at === "string" && Number.isFinite(Date.parse(at)));
	const { failures, openedAt, lastFailure, lastSuccessAt } = value ?? {};
	if (value?.format !== 1 || !Number.isSafeInteger(failures) || (failures ?? -1) < 0) return null;
	if (!isTime(openedAt) || !isTime(lastSuccessAt) || lastFailure === undefined) return null;
	if (lastFailure !== null) {
		const { at, code, message } = lastFailure;
		if (!isTime(at) || at === null || typeof code !== "string") return null;
		if (typeof message !== "string") return null;
	}
	return value as BreakerState;
}
