import { readFile } from "node:fs/promises";
import { publishFile } from "../durable/publish-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";

/** Clocks of one machine differ by less after any correction that is none. */
const toleranceMs = 3_600_000;
/** A clock that went wrong by a year must be noticed, so the limit is less than one. */
const longestPauseMs = 300 * 24 * 3_600_000;

/**
 * Refuses to delete by a clock that cannot be right (fault 20): one that is behind what it said
 * itself, or one that has leapt. The last run remembers the time, because a new recording made by
 * the wrong clock would seem to confirm it.
 *
 * @param newestAt the latest time that any recording knows; null in an empty library
 * @throws ERR_STATE
 */
export async function requirePlausibleClock(
	statePath: string,
	newestAt: string | null,
	now: Date,
): Promise<void> {
	const lastRunAt = await readLastRun(statePath);
	const newestMs = newestAt === null ? null : Date.parse(newestAt);
	const knownMs = Math.max(newestMs ?? 0, lastRunAt ?? 0);
	if (now.getTime() < knownMs - toleranceMs) {
		throw refusal(
			`The clock says ${now.toISOString()}, and something here is from ${new Date(knownMs).toISOString()}.`,
			`Set the clock. If it is right, look for a recording with a time in the future, or delete ${statePath}.`,
		);
	}
	const since = lastRunAt ?? newestMs ?? now.getTime();
	if (now.getTime() > since + longestPauseMs) {
		throw refusal(
			`The clock has moved on by ${Math.floor((now.getTime() - since) / 86_400_000)} days since it was last seen.`,
			lastRunAt === null
				? "If it is right, this passes as soon as anything is recorded, imported or changed."
				: `If it is right, delete ${statePath} and run this again.`,
		);
	}
}

export async function rememberRun(statePath: string, now: Date): Promise<void> {
	await publishFile(statePath, `${JSON.stringify({ lastRunAt: now.toISOString() })}\n`);
}

async function readLastRun(statePath: string): Promise<number | null> {
	try {
		const { lastRunAt } = JSON.parse(await readFile(statePath, "utf8"));
		const at = Date.parse(lastRunAt);
		return Number.isNaN(at) ? null : at;
	} catch (error) {
		// Without a readable file, the recordings themselves are what the clock is compared with.
		if (error instanceof Error && systemErrorCode(error) !== "ENOENT" && !isNoJson(error))
			throw error;
		return null;
	}
}

function isNoJson(error: Error): boolean {
	return error instanceof SyntaxError || error instanceof TypeError;
}

function refusal(message: string, hint: string): OnwaxError {
	return new OnwaxError("ERR_STATE", `${message} Nothing was deleted.`, { hint });
}
