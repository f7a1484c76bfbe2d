import { type Command, InvalidArgumentError, Option } from "commander";
import { type Scope, scopes } from "../../access/caller.ts";
import { terminalCaller } from "../../audit/terminal-caller.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { days } from "../parse.ts";
import { count } from "../size.ts";
import { visible } from "../visible.ts";
import { formatDate, formatWhen } from "../when.ts";
import { padEnd } from "../width.ts";
import { withGuard } from "../with-guard.ts";

export const summary = "Let programs use the service";

export const examples: Example[] = [
	["onwax token create phone --scope upload", "may send recordings, and see nothing"],
	["onwax token create notes --scope read --expires 90d", "may read, for three months"],
	["onwax token list", "which there are, and when they were last used"],
	["onwax token revoke phone", "counts within a second, also for a running service"],
];

type CreateOptions = { scope: Scope[]; expires?: number };

export function define(command: Command, act: Act): void {
	command
		.command("create")
		.description("Make a token; its secret is shown once")
		.argument("<name>", "what uses it, such as phone or backup-script")
		.addOption(
			new Option("--scope <scope>", `what it may do: ${scopes.join(", ")}; may be repeated`)
				.choices(scopes)
				.argParser(collectScope)
				.makeOptionMandatory(),
		)
		.option("--expires <age>", "not valid any more after 90d, 36h or 2w", days)
		.action(act(create));
	command.command("list").description("All tokens").action(act(list));
	command
		.command("revoke")
		.description("Make a token worthless")
		.argument("<token>", "its name or id")
		.action(act(revoke));
}

function collectScope(text: string, before: Scope[] | undefined): Scope[] {
	const scope = scopes.find((one) => one === text);
	if (scope === undefined) {
		throw new InvalidArgumentError(`Choose one of ${scopes.join(", ")}.`);
	}
	return [...(before ?? []), scope];
}

export async function create(cli: Cli, name: string, options: CreateOptions): Promise<ExitStatus> {
	const { output } = cli;
	return await withGuard(cli, async ({ access, audit }) => {
		const expiresAt =
			options.expires === undefined ? null : new Date(Date.now() + options.expires * 86_400_000);
		const { id, secret } = await access.createToken({ name, scopes: options.scope, expiresAt });
		await audit.note({
			caller: terminalCaller(),
			action: "token-create",
			detail: { id, name, scopes: options.scope },
		});
		const token = (await access.tokens()).find((one) => one.id === id);
		output.value({ ...token, secret });
		output.line(secret);
		output.note("This is shown once: only its hash is kept. Send it as `Authorization: Bearer …`.");
		return exitStatus.done;
	});
}

export async function list(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	return await withGuard(cli, async ({ access }) => {
		const tokens = await access.tokens();
		for (const token of tokens) {
			output.value(token);
			const { id, name, scopes: allowed, expiresAt, lastUsedAt } = token;
			const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
			const facts = [
				allowed.join(", "),
				lastUsedAt === null ? "never used" : `last used ${formatWhen(lastUsedAt)}`,
				...(expiresAt === null
					? []
					: [`${isOver ? "over since" : "until"} ${formatDate(expiresAt)}`]),
			];
			const line = `${id}  ${padEnd(visible(name), 20)}  ${facts.join(" · ")}`;
			output.line(isOver ? output.out.paint("dim", line) : line);
		}
		if (!output.json) {
			const none = "No tokens. `onwax token create NAME --scope upload` makes one.";
			output.note(tokens.length === 0 ? none : `${count(tokens.length, "token")}.`);
		}
		return exitStatus.done;
	});
}

export async function revoke(cli: Cli, reference: string): Promise<ExitStatus> {
	const { output } = cli;
	return await withGuard(cli, async ({ access, audit }) => {
		const token = await access.revokeToken(reference);
		const { id, name } = token;
		await audit.note({ caller: terminalCaller(), action: "token-revoke", detail: { id, name } });
		output.value({ ...token, revoked: true });
		output.line(`${output.out.paint("yellow", "revoked")}  ${id}  ${visible(name)}`);
		return exitStatus.done;
	});
}
