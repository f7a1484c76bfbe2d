import { openAudit } from "../audit/audit.ts";
import type { AuditAction } from "../audit/audit-entry.ts";
import { terminalCaller } from "../audit/terminal-caller.ts";
import type { App } from "./open-app.ts";

/** Notes that whoever sits at the terminal did this to these recordings. Never fails. */
export async function noteAtTerminal(
	{ library, log }: Pick<App, "library" | "log">,
	action: AuditAction,
	names: readonly string[],
): Promise<void> {
	if (names.length === 0) return;
	const audit = openAudit({ folder: library.layout.audit, log });
	const caller = terminalCaller();
	await Promise.all(names.map((recording) => audit.note({ caller, action, recording })));
}
