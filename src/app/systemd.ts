import { isAbsolute, join } from "node:path";
import { OnwaxError } from "../errors.ts";

/** Where a person's own units lie. */
export function userUnitFolder(env: NodeJS.ProcessEnv, homeDir: string): string {
	const xdg = env.XDG_CONFIG_HOME;
	const config = xdg && isAbsolute(xdg) ? xdg : join(homeDir, ".config");
	return join(config, "systemd", "user");
}

/**
 * A unit's `ExecStart`.
 *
 * @throws ERR_USAGE where the program has no absolute path, or a word cannot stand in a unit
 */
export function execStart(command: readonly string[]): string {
	const [program = ""] = command;
	if (!isAbsolute(program)) {
		throw new OnwaxError("ERR_USAGE", "systemd starts programs by their absolute path only.", {
			hint: "Install onwax, or name it with its whole path.",
		});
	}
	return command.map(quote).join(" ");
}

/** systemd.service(5), "Command lines": `%` and `$` are doubled, the rest is quoted like C. */
function quote(word: string): string {
	const doubled = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
	if (/^[\w@%+=:,./$-]+$/.test(doubled)) return doubled;
	if (/[\p{Cc}]/u.test(word)) {
		throw new OnwaxError("ERR_USAGE", "A command line cannot hold control characters.");
	}
	return `"${doubled.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
