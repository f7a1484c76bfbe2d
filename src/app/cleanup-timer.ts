import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { execStart, userUnitFolder } from "./systemd.ts";

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
	const service = `[Unit]
Description=Onwax: let go of recordings that are older than the retention says

[Service]
Type=oneshot
ExecStart=${execStart([...command, "cleanup"])}
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
	const folder = userUnitFolder(env, homeDir);
	await makeFolder(folder);
	const [service, timer] = [join(folder, serviceName), join(folder, timerName)];
	await publishFile(service, units.service, { mode: 0o644 });
	await publishFile(timer, units.timer, { mode: 0o644 });
	const enable = `systemctl --user daemon-reload && systemctl --user enable --now ${timerName}`;
	return { service, timer, enable };
}
