/** What validation says about a recording or one of its files (docs/validate.md explains each kind). */
export const findingKinds = {
	// metadata.json
	"metadata-damaged": "damaged",
	"newer-format": "notice",
	"name-differs": "damaged",
	// Any file
	"missing-file": "damaged",
	"empty-file": "damaged",
	"size-differs": "damaged",
	"corrupt-file": "damaged",
	unreadable: "damaged",
	"not-a-file": "damaged",
	"unlisted-file": "notice",
	// What is inside
	"wav-header-lies": "damaged",
	"transcript-stale": "damaged",
	"derived-stale": "damaged",
	// Where it lies
	misplaced: "damaged",
	"two-folders": "damaged",
	"missing-recording": "damaged",
	"not-in-catalogue": "damaged",
	"catalogue-differs": "damaged",
	stranger: "notice",
	busy: "notice",
} as const;

export type FindingKind = keyof typeof findingKinds;

/** `notice`: worth knowing, and nothing is lost or wrong. */
export type Severity = (typeof findingKinds)[FindingKind];

export type Finding = {
	/** Name of the recording; of a stranger its place under `recordings/`. */
	recording: string;
	/** In the recording's folder; null where it is about the whole. */
	file: string | null;
	kind: FindingKind;
	severity: Severity;
	message: string;
	/** It was put right, and a second look confirmed that. */
	repaired: boolean;
	/** What to do about it; of a repaired one what was done. */
	hint: string | null;
};

export function finding(
	recording: string,
	file: string | null,
	kind: FindingKind,
	message: string,
	hint: string | null = null,
): Finding {
	const severity = findingKinds[kind];
	return { recording, file, kind, severity, message, repaired: false, hint };
}

/** Whether two looks found the same thing. */
export function isSameFinding(one: Finding, other: Finding): boolean {
	return one.kind === other.kind && one.file === other.file && one.recording === other.recording;
}
