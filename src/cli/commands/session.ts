import type { Command } from "commander";
import type { Session } from "../../access/sessions.ts";
import { terminalCaller } from "../../audit/terminal-caller.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { usage } from "../parse.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";
import { formatWhen } from "../when.ts";
import { withGuard } from "../with-guard.ts";

export const summary = "See which browsers are signed in, and sign them out";

export const examples: Example[] = [
	["onwax session list", "which, since when, from where"],
	["onwax session revoke 3f9a1c20d4e5", "counts within a second, also for a running service"],
	["onwax session revoke --all", "everybody signs in again"],
];

export function define(command: Command, act: Act): void {
	command.command("list").description("Browsers that are signed in").action(act(list));
	command
		.command("revoke")
		.description("Sign browsers out")
		.argument("[id...]", "as the list has it")
		.option("--all", "all of them")
		.action(act(revoke));
}

export async function list(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return await withGuard(cli, async ({ access }) => {
		const sessions = await access.sessions();
		for (const session of sessions) {
			output.value(session);
			output.line(`${session.id}  ${lineFor(session)}`);
		}
		if (!output.json && sessions.length === 0) output.note("Nobody is signed in.");
		return exitStatus.done;
	});
}

function lineFor({ by, createdAt, lastSeenAt, address, agent }: Session): string {
	const facts = [
		`by ${by}, ${formatWhen(createdAt)}`,
		...(lastSeenAt === null ? [] : [`last seen ${formatWhen(lastSeenAt)}`]),
		...(address === null ? [] : [address]),
		...(agent === null ? [] : [agent]),
	];
	return visible(facts.join(" · "));
}

export async function revoke(
	cli: Cli,
	ids: string[],
	{ all = false }: { all?: boolean },
): Promise<ExitStatus> {
	const { output } = cli;
	if (all === ids.length > 0) throw usage("Say which sessions, or --all.");
	return await withGuard(cli, async ({ access, audit }) => {
		const tell = async ({ id, by, createdAt }: Session) => {
			const detail = { id, by, createdAt };
			await audit.note({ caller: terminalCaller(), action: "session-revoke", detail });
			output.value({ ...detail, revoked: true });
			output.line(`${output.out.paint("yellow", "signed out")}  ${id}`);
		};
		if (all) {
			const ended = await access.revokeOtherSessions(null);
			for (const session of ended) await tell(session);
			if (!output.json) output.note(`${count(ended.length, "session")} ended.`);
		}
		for (const id of ids) await tell(await access.revokeSession(id));
		return exitStatus.done;
	});
}
