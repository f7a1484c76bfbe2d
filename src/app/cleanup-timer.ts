import { isAbsolute, join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { OnwaxError } from "../errors.ts";

export const serviceName = "onwax-cleanup.service";
export const timerName = "onwax-cleanup.timer";

export type TimerUnits = { service: string; timer: string };

/**
 * A systemd user service that cleans up once, and the timer that starts it every day (D0.11). A run
 * that was missed because the machine was off is made up for.
 *
 * @param command the program and what comes before `cleanup`, absolute: `["/usr/bin/onwax"]`
 */
export function cleanupTimerUnits(command: readonly string[]): TimerUnits {
	const [program = ""] = command;
	if (!isAbsolute(program)) {
		throw new OnwaxError("ERR_USAGE", "systemd starts programs by their absolute path only.", {
			hint: "Install onwax, or name it with its whole path.",
		});
	}
	const service = `[Unit]
Description=Onwax: let go of recordings that are older than the retention says

[Service]
Type=oneshot
ExecStart=${[...command, "cleanup"].map(quote).join(" ")}
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=true
UMask=0077
`;
	const timer = `[Unit]
Description=Onwax: clean up every day

[Timer]
OnCalendar=daily
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`;
	return { service, timer };
}

/**
 * Writes both units into the user's systemd folder, replacing older ones.
 *
 * @returns where they are, and the command that turns the timer on
 */
export async function installCleanupTimer(options: {
	command: readonly string[];
	env: NodeJS.ProcessEnv;
	homeDir: string;
}): Promise<{ service: string; timer: string; enable: string }> {
	const { command, env, homeDir } = options;
	const units = cleanupTimerUnits(command);
	const xdg = env.XDG_CONFIG_HOME;
	const config = xdg && isAbsolute(xdg) ? xdg : join(homeDir, ".config");
	const folder = join(config, "systemd", "user");
	await makeFolder(folder);
	const [service, timer] = [join(folder, serviceName), join(folder, timerName)];
	await publishFile(service, units.service, { mode: 0o644 });
	await publishFile(timer, units.timer, { mode: 0o644 });
	const enable = `systemctl --user daemon-reload && systemctl --user enable --now ${timerName}`;
	return { service, timer, enable };
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
