import { type Access, openAccess } from "../access/access.ts";
import { isLoopback } from "../access/loopback.ts";
import { layoutOf } from "../archive/layout.ts";
import { type Audit, openAudit } from "../audit/audit.ts";
import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";

/** Who may do what in this library, and who did what. */
export type Guard = {
	access: Access;
	audit: Audit;
	/** What `readAudit` and `checkAudit` read. */
	auditFolder: string;
	close(): Promise<void>;
};

/** Needs nothing of the library but its folder. */
export async function openGuard({
	dataDir,
	log,
}: {
	dataDir: string;
	log: Logger;
}): Promise<Guard> {
	const layout = layoutOf(dataDir);
	const access = await openAccess({ folder: layout.access, log });
	const audit = openAudit({ folder: layout.audit, log });
	return {
		...{ access, audit, auditFolder: layout.audit },
		async close() {
			await access.close();
			await audit.close();
		},
	};
}

/**
 * A door to the network has a lock: without a password or a token nobody but this computer may ask.
 *
 * @throws ERR_CONFIG, ERR_DAMAGED
 */
export async function requireGuarded(access: Access, host: string): Promise<void> {
	if (isLoopback(host)) return;
	const { hasPassword, tokens, damage } = await access.state();
	// Says what is wrong with the file.
	if (damage !== null) await access.tokens();
	if (hasPassword || tokens > 0) return;
	throw new OnwaxError("ERR_CONFIG", `Whoever reaches ${host} could use this Onwax.`, {
		hint: "First set a password with `onwax password set`, or make a token with `onwax token create`.",
	});
}
