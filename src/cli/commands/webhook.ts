import type { Command } from "commander";
import { listDeliveries, redeliver } from "../../app/webhook-deliveries.ts";
import { testWebhook } from "../../app/webhook-targets.ts";
import { OnwaxError } from "../../errors.ts";
import { shownAddress, webhookId } from "../../webhooks/webhook-id.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { withApp } from "../session.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";

export const summary = "What others are told: list, test, tell again";

export const examples: Example[] = [
	["onwax webhook list", "what waits, and what was given up, with the reasons"],
	["onwax webhook test hook_3f9a1204", "send a test event"],
	["onwax webhook redeliver evt_3f9a12", "try again what was given up"],
];

export function define(command: Command, act: Act): void {
	command.command("list").description("what waits, and what was given up").action(act(runList));
	command
		.command("test <webhook>")
		.description("send a test event to a configured webhook")
		.action(act(runTest));
	command
		.command("redeliver <id...>")
		.description("try again what was given up")
		.action(act(runRedeliver));
}

async function runList(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async (app) => {
		for (const { url } of app.config.webhooks) {
			output.value({ webhook: webhookId(url), address: shownAddress(url) });
			output.line(`${webhookId(url)}  ${visible(shownAddress(url))}`);
		}
		for (const shelf of ["open", "dead"] as const) {
			const deliveries = await listDeliveries(app, shelf);
			output.line(
				shelf === "open"
					? `${count(deliveries.length, "event")} waiting`
					: `${count(deliveries.length, "event")} given up`,
			);
			for (const { id, event, recording, url, attempts, createdAt, nextAt } of deliveries) {
				const webhook = webhookId(url);
				const next = new Date(nextAt).toISOString();
				output.value({
					state: shelf,
					id,
					webhook,
					event,
					recording,
					createdAt,
					attempts,
					nextAt: next,
				});
				const why = attempts.at(-1)?.error ?? "not tried yet";
				output.line(`  ${id}  ${event}  ${recording}  ${webhook}  ${visible(why)}`);
			}
		}
		return exitStatus.done;
	});
}

async function runTest(cli: Cli, webhook: string): Promise<ExitStatus> {
	const { output, environment } = cli;
	return withApp(cli, async (app) => {
		const status = await testWebhook(app, environment, webhook);
		output.value({ webhook, status });
		if (status >= 200 && status < 300) {
			output.line(`Taken, with the status ${status}.`);
			return exitStatus.done;
		}
		output.failure(
			new OnwaxError("ERR_IO", `The receiver answered with the status ${status}.`, {
				hint: "2xx is what says that an event was taken.",
			}),
		);
		return exitStatus.failed;
	});
}

async function runRedeliver(cli: Cli, ids: string[]): Promise<ExitStatus> {
	const { output } = cli;
	return withApp(cli, async (app) => {
		for (const id of ids) {
			const { event, recording } = await redeliver(app, id);
			output.value({ id, event, recording });
			output.line(`${event} of ${recording} is told again by the process that serves.`);
		}
		return exitStatus.done;
	});
}
