import { type Guard, openGuard } from "../app/access.ts";
import { loadConfig } from "../config.ts";
import { openLog } from "../log.ts";
import type { Cli } from "./command.ts";

/** Who may do what, and who did what, for as long as `work` takes; the library itself stays closed. */
export async function withGuard<T>(cli: Cli, work: (guard: Guard) => Promise<T>): Promise<T> {
	const { config } = await loadConfig({ env: cli.environment });
	const log = openLog({ dataDir: config.dataDir, ...config.log });
	const guard = await openGuard({ dataDir: config.dataDir, log });
	try {
		return await work(guard);
	} finally {
		await guard.close();
		log.close();
	}
}
