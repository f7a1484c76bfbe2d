import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve, sep } from "node:path";
import type { Environment } from "./engine-config.ts";

/**
 * Where a program lies, the way the system itself would look for it: a name with a slash is a path,
 * anything else is searched for on the PATH. Null where there is none that may be executed.
 */
export async function findProgram(
	program: string,
	environment: Environment,
): Promise<string | null> {
	if (program === "") return null;
	if (isAbsolute(program) || program.includes("/") || program.includes(sep))
		return (await isExecutable(program)) ? resolve(program) : null;
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

async function isExecutable(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}
