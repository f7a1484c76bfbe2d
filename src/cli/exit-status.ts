import type { ErrorCode } from "../errors.ts";

/** What scripts can rely on; the main help and docs/command-line.md list them. */
export const exitStatus = {
	done: 0,
	failed: 1,
	usage: 2,
	/** The audio is kept, its text is not there. */
	noText: 3,
	notFound: 4,
	damaged: 5,
	interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

const statusByCode: Partial<Record<ErrorCode, ExitStatus>> = {
	ERR_USAGE: exitStatus.usage,
	ERR_AMBIGUOUS: exitStatus.usage,
	ERR_NO_ENGINE: exitStatus.noText,
	ERR_NOT_FOUND: exitStatus.notFound,
	ERR_ENGINE_UNKNOWN: exitStatus.notFound,
	ERR_DAMAGED: exitStatus.damaged,
	ERR_CATALOGUE: exitStatus.damaged,
	ERR_INTERRUPTED: exitStatus.interrupted,
};

export function statusOfCode(code: ErrorCode): ExitStatus {
	return statusByCode[code] ?? exitStatus.failed;
}

/** One status for many items: what all failures have in common, else plain `failed`. */
export function combine(statuses: Iterable<ExitStatus>): ExitStatus {
	const failures = new Set(statuses);
	failures.delete(exitStatus.done);
	if (failures.has(exitStatus.interrupted)) return exitStatus.interrupted;
	if (failures.has(exitStatus.damaged)) return exitStatus.damaged;
	if (failures.size > 1) return exitStatus.failed;
	return [...failures][0] ?? exitStatus.done;
}
