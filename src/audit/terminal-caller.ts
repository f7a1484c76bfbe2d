import { userInfo } from "node:os";
import type { AuditCaller } from "./audit-entry.ts";

/** Who sits at the terminal. */
export function terminalCaller(): AuditCaller {
	const id = String(process.getuid?.() ?? "");
	try {
		return { kind: "terminal", id, name: userInfo().username };
	} catch {
		// In a container a user may have a number and no name.
		return { kind: "terminal", id, name: id };
	}
}
