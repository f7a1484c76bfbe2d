import { rm } from "node:fs/promises";
import { join } from "node:path";
import { exists } from "../durable/exists.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { execStart, userUnitFolder } from "./systemd.ts";

export const serviceUnitName = "onwax.service";

/**
 * A systemd user service that runs `onwax serve`. It ends by SIGTERM and is given the time to put
 * down what it does; it is started anew where it ended by mistake. What it may do is narrowed as
 * far as user services can be on every system: it keeps its own library wherever that lies, V8
 * writes code into memory, and engines are programs of the user's choice.
 *
 * @param command the program and what comes before `serve`, absolute: `["/usr/bin/onwax"]`
 */
export function serviceUnit(command: readonly string[]): string {
	return `[Unit]
Description=Onwax: keeps recordings and turns them into text
Documentation=https://onwax.dev/docs/deploy
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${execStart([...command, "serve"])}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
KillMode=mixed
# For keys of engines and of webhooks: NAME=value lines, readable for you alone.
EnvironmentFile=-%E/onwax/service.env
UMask=0077
NoNewPrivileges=true
LockPersonality=true
RestrictRealtime=true
RestrictSUIDSGID=true
SystemCallArchitectures=native

[Install]
WantedBy=default.target
`;
}

type Place = { env: NodeJS.ProcessEnv; homeDir: string };

/** Writes the unit into the user's systemd folder, replacing an older one. @returns its path */
export async function installServiceUnit(
	command: readonly string[],
	{ env, homeDir }: Place,
): Promise<string> {
	const unit = serviceUnit(command);
	const folder = userUnitFolder(env, homeDir);
	await makeFolder(folder);
	const path = join(folder, serviceUnitName);
	await publishFile(path, unit, { mode: 0o644 });
	return path;
}

/** @returns its path, or null where there was none */
export async function removeServiceUnit({ env, homeDir }: Place): Promise<string | null> {
	const folder = userUnitFolder(env, homeDir);
	const path = join(folder, serviceUnitName);
	if (!(await exists(path))) return null;
	await rm(path);
	await syncFolder(folder);
	return path;
}
