import { type Guard, openGuard } from "../app/access.ts";
import { layoutOf } from "../archive/layout.ts";
import { terminalCaller } from "../audit/terminal-caller.ts";
import { loadConfig } from "../config.ts";
import { exists } from "../durable/exists.ts";
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

/** Notes a change of settings that was made without opening a library; where there is none, nowhere. */
export async function noteSettingsChanged(
	cli: Cli,
	detail: Record<string, unknown>,
): Promise<void> {
	const { config } = await loadConfig({ env: cli.environment });
	if (!(await exists(layoutOf(config.dataDir).recordings))) return;
	await withGuard(cli, ({ audit }) =>
		audit.note({ caller: terminalCaller(), action: "settings", detail }),
	);
}
