import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { openAccess } from "../../access/access.ts";
import { openService } from "../../app/service.ts";
import { listen } from "../../server/listen.ts";
import { createServer } from "../../server/server.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { withApp } from "../session.ts";

export const summary = "Serve the web page and the API, and do the work that waits";

export const examples: Example[] = [
	["onwax serve", "on this computer; prints a link to open"],
	["onwax serve --port 8080 --no-worker", "the page alone; `onwax worker` makes the texts"],
];

const webFolder = fileURLToPath(new URL("../../../web/dist", import.meta.url));

type Options = { host?: string; port?: string; worker: boolean };

export function define(command: Command, act: Act): void {
	command
		.option("--host <address>", "listen on this address instead of 127.0.0.1")
		.option("--port <number>", "listen on this port; 0 takes any that is free")
		.option("--no-worker", "leave the work that waits to `onwax worker`")
		.action(act(run));
}

export async function run(cli: Cli, options: Options): Promise<ExitStatus> {
	const { output, signal } = cli;
	return withApp(cli, async (app) => {
		const { config } = app;
		const host = options.host ?? config.server.host;
		const port = options.port === undefined ? config.server.port : Number(options.port);
		const worker = options.worker && config.server.worker;
		const access = await openAccess();
		const service = await openService(app, cli.environment, { worker });
		const server = await createServer({ service, access, webFolder });
		try {
			const url = await listen(server, host, port);
			const link = `${url}/#${access.linkSecret}`;
			if (output.json) output.value({ url, link });
			else output.note(`Onwax is at ${link}\nCtrl-C ends it.`);
			await new Promise((stop) => signal.addEventListener("abort", stop, { once: true }));
			output.note("Ending: what is being done is put down safely.");
		} finally {
			await server.close();
			await service.stop();
		}
		return exitStatus.done;
	});
}
