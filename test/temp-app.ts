import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type App, openApp } from "../src/app/open-app.ts";
import type { Config } from "../src/config/defaults.ts";
import { loadConfig } from "../src/config.ts";
import { type Logger, silentLogger } from "../src/logger.ts";

/**
 * The whole program over a library of the test's own, without engines and without anybody's settings.
 * Closed after the test, where the test has not done that itself.
 */
export async function openTempApp(
	t: TestContext,
	settings: Partial<Config> = {},
	log: Logger = silentLogger,
): Promise<App> {
	const dataDir = settings.dataDir ?? (await mkdtemp(join(tmpdir(), "onwax-test-")));
	const env = { ONWAX_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(dataDir, "no-config") };
	const { config } = await loadConfig({ env, homeDir: dataDir });
	const app = await openApp({
		config: { ...config, minFreeSpaceMb: 0, ...settings, dataDir },
		appVersion: "0.1.0",
		log,
		environment: {},
		notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
	});
	let closing: Promise<void> | null = null;
	const close = () => {
		closing ??= app.close();
		return closing;
	};
	t.after(async () => {
		await close();
		if (settings.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
	});
	return { ...app, close };
}
