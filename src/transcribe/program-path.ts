import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve, sep } from "node:path";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Environment } from "./engine-config.ts";

/**
 * Where a program lies, the way the system itself would look for it: a name with a slash is a path,
 * anything else is searched for on the PATH. Null where there is none that may be executed.
 *
 * @throws ERR_ENGINE_MISSING for a path to something that is there and no program
 */
export async function findProgram(
	program: string,
	environment: Environment,
): Promise<string | null> {
	if (program === "") return null;
	if (isAbsolute(program) || program.includes("/") || program.includes(sep))
		return programAt(program);
	const endings =
		process.platform === "win32" ? ["", ...(environment.PATHEXT ?? ".EXE").split(";")] : [""];
	for (const folder of (environment.PATH ?? "").split(delimiter)) {
		if (folder === "") continue;
		for (const ending of endings) {
			const path = join(folder, program + ending);
			if (await isExecutable(path)) return path;
		}
	}
	return null;
}

async function programAt(path: string): Promise<string | null> {
	if (await isExecutable(path)) return resolve(path);
	const facts = await stat(path).catch((error: unknown) => {
		if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return null;
		throw notRunnable(path, "cannot be reached", "Check the permissions of the folders above it.");
	});
	if (facts === null) return null;
	if (facts.isDirectory()) {
		throw notRunnable(path, "is a folder", "Name the program inside it in the engine's command.");
	}
	if (!facts.isFile()) throw notRunnable(path, "is no program", "Correct the engine's command.");
	throw notRunnable(path, "is not executable", `Make it so: \`chmod +x ${path}\`.`);
}

function notRunnable(path: string, what: string, hint: string): OnwaxError {
	return new OnwaxError("ERR_ENGINE_MISSING", `${path} ${what}`, { hint });
}

async function isExecutable(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}
