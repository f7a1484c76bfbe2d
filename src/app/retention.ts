import type { Config, RetentionPreset, RetentionRule } from "../config/defaults.ts";
import type { Metadata } from "../recording.ts";

/** How long things stay, in hours; null: for good. */
export type Retention = {
	successHours: number | null;
	failedHours: number | null;
	/** In the trash, from the moment it was put there. */
	trashHours: number | null;
};

const day = 24;
/** The trash is the time to change one's mind. */
const defaultTrashHours = 30 * day;

export const keepForGood: Retention = { successHours: null, failedHours: null, trashHours: null };

const presets: Record<RetentionPreset, Retention> = {
	keep: keepForGood,
	dictation: { successHours: 7 * day, failedHours: 30 * day, trashHours: defaultTrashHours },
	service: { successHours: day, failedHours: day, trashHours: day },
};

/** The configuration's retention; `olderThanDays` (a person's word, now) takes its place. */
export function configuredRetention(
	config: Pick<Config, "retention" | "keepSuccess">,
	olderThanDays: number | null,
): Retention {
	const rule =
		typeof config.retention === "string" ? presets[config.retention] : own(config.retention);
	if (olderThanDays !== null) {
		const hours = olderThanDays * day;
		const trashHours = rule.trashHours ?? defaultTrashHours;
		return { successHours: hours, failedHours: hours, trashHours };
	}
	if (config.keepSuccess) return rule;
	return { ...rule, successHours: 0, trashHours: rule.trashHours ?? defaultTrashHours };
}

/**
 * What holds for one recording: its own retention (`keep`, another preset, `30d`, `12h`) goes
 * before everything else. Null where its own cannot be understood: then nothing may happen to it.
 */
export function retentionOf(metadata: Metadata, configured: Retention): Retention | null {
	const { retention } = metadata;
	if (retention === null) return configured;
	if (Object.hasOwn(presets, retention)) return presets[retention as RetentionPreset];
	const [, amount, unit] = /^(\d{1,6})([dh])$/.exec(retention) ?? [];
	if (amount === undefined) return null;
	const hours = Number(amount) * (unit === "d" ? day : 1);
	return { successHours: hours, failedHours: hours, trashHours: defaultTrashHours };
}

export function deletesAnything(retention: Retention): boolean {
	return Object.values(retention).some((hours) => hours !== null);
}

export type Due = { action: "trash" | "purge"; reason: string };

/**
 * What is due for a recording, or null. Age counts from the last time anything happened to it. What
 * waits for its text and what was archived stay, however old; so does anything whose times lie in
 * the future.
 */
export function dueFor(metadata: Metadata, retention: Retention, now: Date): Due | null {
	if (metadata.deletedAt !== null) {
		const { trashHours } = retention;
		const age = hoursBetween(metadata.deletedAt, now);
		if (trashHours === null || !(age >= trashHours)) return null;
		return {
			action: "purge",
			reason: `in the trash for ${span(age)}, kept there ${span(trashHours)}`,
		};
	}
	if (metadata.state === "pending" || metadata.archived) return null;
	const hours = metadata.state === "success" ? retention.successHours : retention.failedHours;
	const age = hoursBetween(lastTouchedAt(metadata), now);
	if (hours === null || !(age >= hours)) return null;
	return { action: "trash", reason: `${metadata.state}, ${span(age)} old, kept ${span(hours)}` };
}

/** The latest of all times that the recording knows, as ISO 8601. */
export function lastTouchedAt(metadata: Metadata): string {
	const { createdAt, modifiedAt, deletedAt, events } = metadata;
	const times = [createdAt, modifiedAt, deletedAt ?? createdAt, ...events.map(({ at }) => at)];
	return times.reduce((last, at) => (Date.parse(at) > Date.parse(last) ? at : last));
}

function own(rule: RetentionRule): Retention {
	const hours = (days: number | undefined) => (days === undefined ? rule.hours : days * day);
	const successHours = hours(rule.successDays) ?? null;
	const failedHours = hours(rule.failedDays) ?? null;
	const asks = successHours !== null || failedHours !== null;
	const trashHours =
		rule.trashDays === undefined ? (asks ? defaultTrashHours : null) : rule.trashDays * day;
	return { successHours, failedHours, trashHours };
}

/** NaN where the time cannot be read, which is never enough for anything. */
function hoursBetween(from: string, to: Date): number {
	return (to.getTime() - Date.parse(from)) / 3_600_000;
}

function span(hours: number): string {
	const amount = hours < 2 * day ? Math.floor(hours) : Math.floor(hours / day);
	const unit = hours < 2 * day ? "hour" : "day";
	return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
