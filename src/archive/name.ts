import { randomInt } from "node:crypto";

/** `YYYY-MM-DD_HH-MM-SS.microseconds_uid6`, in UTC (D0.2). Nothing private is in a name. */
export const namePattern = /^(\d{4}-\d{2}-\d{2})_(\d{2})-(\d{2})-(\d{2})\.(\d{6})_([0-9a-z]{6})$/;

const uidAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
let lastMicroseconds = 0;

/**
 * A new name. The microseconds rise from name to name within a process, and six random characters
 * keep processes apart that ask in the same microsecond.
 */
export function newName(createdAt?: Date): { name: string; createdAt: string } {
	const now = Math.trunc((performance.timeOrigin + performance.now()) * 1000);
	let microseconds = createdAt ? createdAt.getTime() * 1000 : now;
	if (!createdAt) {
		if (microseconds <= lastMicroseconds) microseconds = lastMicroseconds + 1;
		lastMicroseconds = microseconds;
	}
	const iso = new Date(Math.trunc(microseconds / 1000)).toISOString();
	const fraction = String(microseconds % 1_000_000).padStart(6, "0");
	let uid = "";
	for (let i = 0; i < 6; i += 1) uid += uidAlphabet[randomInt(uidAlphabet.length)];
	return {
		name: `${iso.slice(0, 10)}_${iso.slice(11, 19).replaceAll(":", "-")}.${fraction}_${uid}`,
		createdAt: `${iso.slice(0, 19)}.${fraction}Z`,
	};
}

export function isName(text: string): boolean {
	return namePattern.test(text);
}
