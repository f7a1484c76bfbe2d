import type { Audit, Deed } from "../audit/audit.ts";
import type { AuditAction } from "../audit/audit-entry.ts";
import { terminalCaller } from "../audit/terminal-caller.ts";
import type { Library } from "../library/library.ts";
import type { Logger } from "../logger.ts";

/** Where it is noted: the App, or what a command that only reads has. */
export type AuditPlace = { library: Pick<Library, "layout">; log: Logger };

export type Notes = {
	/** Never fails, and holds nobody up. */
	note(action: AuditAction, about?: Pick<Deed, "recording" | "detail">): void;
	/** Resolves when all of it is on disk. */
	written(): Promise<void>;
};

/** Notes what is done here, one deed after the other, and by whom: who sits at the terminal, where nobody is named. */
export function openNotes(
	{ library, log }: AuditPlace,
	by: Pick<Deed, "caller" | "address"> = { caller: terminalCaller() },
): Notes {
	// Loaded when there is something to note: a command that changes nothing starts without it.
	let opening: Promise<Audit> | null = null;
	const open = async () =>
		(await import("../audit/audit.ts")).openAudit({ folder: library.layout.audit, log });
	const noted: Promise<void>[] = [];
	return {
		note(action, about = {}) {
			opening ??= open();
			noted.push(opening.then((audit) => audit.note({ ...by, action, ...about })));
		},
		async written() {
			await Promise.all(noted);
		},
	};
}

/** Notes that whoever sits at the terminal did this to these recordings. Never fails. */
export async function noteAtTerminal(
	place: AuditPlace,
	action: AuditAction,
	names: readonly string[],
	detail: Record<string, unknown> = {},
): Promise<void> {
	const notes = openNotes(place);
	for (const recording of names) notes.note(action, { recording, detail });
	await notes.written();
}

/** Notes that whoever sits at the terminal changed these settings. Never fails. */
export async function noteSettings(
	place: AuditPlace,
	detail: Record<string, unknown>,
): Promise<void> {
	const notes = openNotes(place);
	notes.note("settings", { detail });
	await notes.written();
}
