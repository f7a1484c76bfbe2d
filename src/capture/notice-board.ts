import type { Notice, NoticeKind } from "./capture.ts";

/** When, on a monotonic clock, and where in the recording that is. */
export type Moment = { nowMs: number; positionSeconds: number };

type Severity = Notice["severity"];

export type NoticeBoard = {
	/** Nothing where it lasts already, unless it has become serious. */
	begin(kind: NoticeKind, severity: Severity, message: string, at: Moment): Notice[];
	/** Nothing where it does not last. `durationSeconds`: as the clock says, unless told. */
	end(kind: NoticeKind, message: string, at: Moment, durationSeconds?: number): Notice[];
	happened(
		kind: NoticeKind,
		severity: Severity,
		message: string,
		positionSeconds: number,
		durationSeconds: number | null,
	): Notice[];
	lasts(kind: NoticeKind): boolean;
	/** Since when, on the monotonic clock; null where it does not last. */
	sinceMs(kind: NoticeKind): number | null;
	active(): Notice[];
};

/** What lasts: every kind at most once, with one beginning and one end. */
export function createNoticeBoard(): NoticeBoard {
	const lasting = new Map<NoticeKind, { notice: Notice; sinceMs: number }>();
	return {
		begin: (kind, severity, message, { nowMs, positionSeconds }) => {
			const known = lasting.get(kind);
			if (known && (known.notice.severity === "serious" || severity !== "serious")) return [];
			const notice: Notice = {
				kind,
				phase: "begins",
				severity,
				message,
				positionSeconds: Math.max(0, positionSeconds),
				durationSeconds: null,
			};
			lasting.set(kind, { notice, sinceMs: known?.sinceMs ?? nowMs });
			return [notice];
		},
		end: (kind, message, { nowMs, positionSeconds }, durationSeconds) => {
			const known = lasting.get(kind);
			if (!known) return [];
			lasting.delete(kind);
			const passedSeconds = Math.max(0, nowMs - known.sinceMs) / 1000;
			const notice: Notice = {
				kind,
				phase: "ends",
				severity: "info",
				message,
				positionSeconds,
				durationSeconds: durationSeconds ?? passedSeconds,
			};
			return [notice];
		},
		happened: (kind, severity, message, positionSeconds, durationSeconds) => [
			{ kind, phase: "happened", severity, message, positionSeconds, durationSeconds },
		],
		lasts: (kind) => lasting.has(kind),
		sinceMs: (kind) => lasting.get(kind)?.sinceMs ?? null,
		active: () => [...lasting.values()].map(({ notice }) => notice),
	};
}
