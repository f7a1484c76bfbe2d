import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Command, InvalidArgumentError } from "commander";
import { openGuard, requireGuarded } from "../../app/access.ts";
import { openService } from "../../app/service.ts";
import { listen } from "../../server/listen.ts";
import { createServer } from "../../server/server.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { installService, uninstallService } from "../serve-install.ts";
import { withApp } from "../session.ts";

export const summary = "Serve the web page and the API, and do the work that waits";

export const examples: Example[] = [
	["onwax serve", "on this computer; prints a link to open"],
	["onwax serve --port 8080 --no-worker", "the page alone; `onwax worker` makes the texts"],
	["onwax serve --install", "whenever you log in, by systemd"],
];

/** So long it takes from here until whoever opens the page has it. */
const workerAfterMs = 600;
const webFolder = fileURLToPath(new URL("../../../web/dist", import.meta.url));

type Options = {
	host?: string;
	port?: number;
	worker: boolean;
	install?: boolean;
	uninstall?: boolean;
};

export function define(command: Command, act: Act): void {
	command
		.option("--host <address>", "listen on this address instead of 127.0.0.1")
		.option("--port <number>", "listen on this port; 0 takes any that is free", portNumber)
		.option("--no-worker", "leave the work that waits to `onwax worker`")
		.option("--install", "write a systemd service of yours that runs it; starts nothing")
		.option("--uninstall", "remove that service")
		.action(act(run));
}

export async function run(cli: Cli, options: Options): Promise<ExitStatus> {
	if (options.install) return installService(cli);
	if (options.uninstall) return uninstallService(cli);
	const { output, signal } = cli;
	return withApp(cli, async (app) => {
		const { config } = app;
		const host = options.host ?? config.server.host;
		const port = options.port ?? config.server.port;
		const worker = options.worker && config.server.worker;
		const guard = await openGuard({ dataDir: config.dataDir, log: app.log });
		const { access, audit } = guard;
		await requireGuarded(access, host);
		const { damage } = await access.state();
		if (damage !== null) output.note("access.json is damaged: only the link lets anybody in now.");
		const service = await openService(app, cli.environment, { worker, workerAfterMs });
		const server = await createServer({ service, access, audit, webFolder });
		try {
			const url = await listen(server, host, port);
			const link = `${url}/#${access.linkSecret}`;
			if (output.json) output.value({ url, link });
			// The journal and a container's log keep what they read for months.
			else if (isKept(cli.environment) && !output.err.isTerminal) output.note(`Onwax is at ${url}`);
			else output.note(`Onwax is at ${link}\nCtrl-C ends it.`);
			if (!signal.aborted) await once(signal, "abort");
			output.note("Ending: what is being done is put down safely.");
		} finally {
			await server.close();
			await service.stop();
			await guard.close();
		}
		return exitStatus.done;
	});
}

function isKept({ JOURNAL_STREAM, container }: Cli["environment"]): boolean {
	return Boolean(JOURNAL_STREAM || container);
}

function portNumber(text: string): number {
	const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
	if (port <= 65_535) return port;
	throw new InvalidArgumentError("Give a whole number from 0 to 65535.");
}
