import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { layoutOf } from "../archive/layout.ts";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";

/*
 * Which old libraries were migrated, so that they are not offered for ever. Only a reminder: losing
 * it costs one line on a terminal.
 */
const filename = "migrated.json";

/** Old dictation libraries on this machine that were not migrated yet (D0.15). */
export async function migrationsToOffer(
	dataDir: string,
	env: NodeJS.ProcessEnv,
): Promise<string[]> {
	const homeDir = env.HOME || homedir();
	// Most machines have none: a look at two names saves loading what reads them.
	const dataHome = env.XDG_DATA_HOME || join(homeDir, ".local", "share");
	const places = [join(homeDir, ".dictation"), join(dataHome, "dictation")];
	if (!(await Promise.all(places.map(exists))).includes(true)) return [];
	const { findOldLibraries } = await import("./migrate.ts");
	const found = await findOldLibraries({ env, homeDir });
	if (found.length === 0) return [];
	const done = await readMigrated(dataDir);
	return found.map(({ path }) => path).filter((path) => !done.includes(path));
}

export async function rememberMigration(dataDir: string, path: string): Promise<void> {
	const done = await readMigrated(dataDir);
	if (done.includes(path)) return;
	const { backups } = layoutOf(dataDir);
	await makeFolder(backups);
	await publishFile(join(backups, filename), `${JSON.stringify([...done, path], null, 2)}\n`);
}

async function readMigrated(dataDir: string): Promise<string[]> {
	try {
		const text = await readFile(join(layoutOf(dataDir).backups, filename), "utf8");
		const paths: unknown = JSON.parse(text);
		return Array.isArray(paths) ? paths.filter((path) => typeof path === "string") : [];
	} catch (error) {
		if (error instanceof SyntaxError || systemErrorCode(error) === "ENOENT") return [];
		throw error;
	}
}
