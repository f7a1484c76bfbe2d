import { keepHere, readKept } from "./kept-here.ts";

/** Text that was typed and is not saved yet: kept in this browser until the service has it. */
export type Draft = {
	text: string;
	/** What stood there when the typing began. */
	baseText: string;
	typedAt: string;
};

function keyOf(name: string): string {
	return `onwax.draft.${name}`;
}

export function readDraft(name: string): Draft | null {
	const kept = readKept(keyOf(name));
	if (kept === null) return null;
	try {
		const draft = JSON.parse(kept) as Partial<Draft>;
		if (typeof draft.text === "string" && typeof draft.baseText === "string") {
			return { text: draft.text, baseText: draft.baseText, typedAt: draft.typedAt ?? "" };
		}
	} catch {
		// Not ours, or cut short: there is nothing in it to go on with.
	}
	return null;
}

/** @returns false where the browser has no room for it: the person is to be told */
export function keepDraft(name: string, draft: Draft): boolean {
	return keepHere(keyOf(name), JSON.stringify(draft));
}

export function forgetDraft(name: string): void {
	keepHere(keyOf(name), null);
}
