import type { Command } from "commander";
import { terminalCaller } from "../../audit/terminal-caller.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { readSecret } from "../read-secret.ts";
import { withGuard } from "../with-guard.ts";

export const summary = "Set the password that opens the page";

export const examples: Example[] = [
	["onwax password set", "asks for it without showing it"],
	["onwax password set < password.txt", "its first line, for scripts"],
	["onwax password remove", "then only links and tokens let anybody in"],
];

export function define(command: Command, act: Act): void {
	command
		.command("set")
		.description("Ask for a new password; whoever signed in with the old one is signed out")
		.action(act(set));
	command.command("remove").description("No password lets anybody in any more").action(act(remove));
}

export async function set(cli: Cli): Promise<ExitStatus> {
	return await withGuard(cli, async ({ access, audit }) => {
		const password = await readSecret(cli, "New password");
		await access.setPassword(password);
		await audit.note({ caller: terminalCaller(), action: "password-set" });
		cli.output.value({ hasPassword: true });
		cli.output.note("The password is set. A running service knows it already.");
		return exitStatus.done;
	});
}

export async function remove(cli: Cli): Promise<ExitStatus> {
	return await withGuard(cli, async ({ access, audit }) => {
		await access.setPassword(null);
		await audit.note({ caller: terminalCaller(), action: "password-remove" });
		cli.output.value({ hasPassword: false });
		cli.output.note("There is no password any more.");
		return exitStatus.done;
	});
}
