import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { layoutOf } from "../archive/layout.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { systemErrorCode } from "../errors.ts";
import { findOldLibraries } from "./migrate.ts";

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
	const found = await findOldLibraries({ env, homeDir: env.HOME || undefined });
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
