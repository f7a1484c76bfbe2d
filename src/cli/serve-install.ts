import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import { installServiceUnit, removeServiceUnit, serviceUnitName } from "../app/service-unit.ts";
import { OnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";
import { type ExitStatus, exitStatus } from "./exit-status.ts";

const program = fileURLToPath(new URL("../../bin/onwax.js", import.meta.url));

/** `onwax serve --install`: the service of this person, by systemd. Nothing is started. */
export async function installService({ output, environment }: Cli): Promise<ExitStatus> {
	requireLinux();
	const place = { env: environment, homeDir: homedir() };
	const path = await installServiceUnit([process.execPath, program], place);
	const enable = `systemctl --user daemon-reload && systemctl --user enable --now ${serviceUnitName}`;
	output.value({ unit: path, enable });
	output.line(path);
	output.note(`To start it now and whenever you log in:\n  ${enable}`);
	output.note("It has no terminal to print a link into: sign in with `onwax password set`.");
	return exitStatus.done;
}

export async function uninstallService({ output, environment }: Cli): Promise<ExitStatus> {
	requireLinux();
	const path = await removeServiceUnit({ env: environment, homeDir: homedir() });
	output.value({ unit: path });
	output.note(
		path === null
			? "There was no service."
			: `${path} is removed. If it runs: systemctl --user disable --now ${serviceUnitName}`,
	);
	return exitStatus.done;
}

function requireLinux(): void {
	if (process.platform === "linux") return;
	throw new OnwaxError("ERR_UNSUPPORTED", "A service is installed by systemd, which is Linux's.", {
		hint: "Start `onwax serve` by what this system has for that: launchd, or the Task Scheduler.",
	});
}
