/** What is known of a recording in this browser besides its sound; all of it can be lost without losing sound. */
export type Journal = {
	version: 1;
	id: string;
	title: string;
	/** ISO 8601 */
	startedAt: string;
	/** `recording`: nobody has ended it yet; once its lock is free, it was cut short. */
	state: "recording" | "ended" | "cut";
	/** Where it is being uploaded to; null: nowhere yet. */
	uploadUrl: string | null;
	/** The title that the service knows. */
	uploadedTitle: string | null;
	/** How often what arrived was not what is here. */
	mismatches: number;
};

/** Begins with its time, so that a recording whose journal is lost still has one. */
export function newRecordingId(now: Date): string {
	// Not `randomUUID`: pages that came over HTTP have none, and are told why they get no microphone later.
	const random = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) =>
		byte.toString(16).padStart(2, "0"),
	);
	return `${now.toISOString().replace(/[-:.]/g, "")}-${random.join("")}`;
}

/** The reverse, for the time; null for other names. */
export function startOfId(id: string): string | null {
	const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(id);
	if (found === null) return null;
	const [, year, month, day, hour, minute, second, milli] = found;
	return `${year}-${month}-${day}T${hour}:${minute}:${second}.${milli}Z`;
}

/** One of the two places that a journal alternates between: the other one stays whole while this one is written. */
export const journalSlotBytes = 4096;

const encoder = new TextEncoder();

/**
 * A slot as it is written: a checksum, the number of the writing, the journal.
 * A title that would not fit is shortened.
 */
export function encodeSlot(journal: Journal, sequence: number): Uint8Array<ArrayBuffer> {
	const text = (title: string) => {
		const body = `${sequence} ${JSON.stringify({ ...journal, title })}`;
		return encoder.encode(`${checksum(body)} ${body}\n`);
	};
	let bytes = text(journal.title);
	for (let { title } = journal; bytes.length > journalSlotBytes && title !== ""; ) {
		title = title.slice(0, title.length / 2);
		bytes = text(title);
	}
	const slot = new Uint8Array(journalSlotBytes).fill(0x20);
	slot.set(bytes.subarray(0, journalSlotBytes));
	return slot;
}

/** The newest journal that was written whole; null: none was. */
export function decodeSlots(bytes: Uint8Array): { journal: Journal; sequence: number } | null {
	let newest: { journal: Journal; sequence: number } | null = null;
	for (let at = 0; at < bytes.length; at += journalSlotBytes) {
		const found = decodeSlot(bytes.subarray(at, at + journalSlotBytes));
		if (found !== null && found.sequence > (newest?.sequence ?? -1)) newest = found;
	}
	return newest;
}

function decodeSlot(slot: Uint8Array): { journal: Journal; sequence: number } | null {
	const line = new TextDecoder().decode(slot).split("\n", 1)[0] ?? "";
	const found = /^([0-9a-f]{8}) ((\d+) (\{.*\}))$/.exec(line);
	if (found === null || checksum(found[2] ?? "") !== found[1]) return null;
	return { journal: JSON.parse(found[4] ?? "") as Journal, sequence: Number(found[3]) };
}

/** FNV-1a: against a torn write, not against people. */
function checksum(text: string): string {
	let hash = 0x811c9dc5;
	for (let index = 0; index < text.length; index++)
		hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
	return (hash >>> 0).toString(16).padStart(8, "0");
}
