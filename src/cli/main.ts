import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Act, Cli } from "./command.ts";
import { commandGroups, commandNamed, commandNames } from "./commands.ts";
import { combine, type ExitStatus, exitStatus, statusOfCode } from "./exit-status.ts";
import { watchInterrupts } from "./interrupt.ts";
import { rewriteOldFlags } from "./old-flags.ts";
import { openOutput } from "./output.ts";

const resultHint = "Standard output leads to it; the library is as it should be.";

/** Does what the words after `onwax` say, and ends the process with its exit status. */
export async function main(argv: readonly string[], appVersion: string): Promise<void> {
	const { words, json } = takeJson(argv);
	const output = openOutput(json);
	const interrupts = watchInterrupts();
	const cli: Cli = {
		...{ output, environment: process.env, appVersion, interrupts, commandGroups },
		get signal() {
			return interrupts.signal;
		},
	};
	let status: ExitStatus;
	try {
		status = await dispatch(cli, rewriteOldFlags(words));
	} catch (thrown) {
		const { signal } = interrupts;
		const error = toOnwaxError(signal.aborted && isAbort(thrown) ? signal.reason : thrown);
		if (error.code !== "ERR_INTERRUPTED" || json) output.failure(error);
		status = statusOfCode(error.code);
	}
	interrupts.stop();
	const lost = await output.flush();
	if (lost !== null) {
		const { code, message, hint } = toOnwaxError(lost, "ERR_IO");
		const said = code === "ERR_DISK_FULL" ? "The disk is full" : message;
		const about = `The result could not be written: ${said.replace(/\.$/, "")}.`;
		output.refusal(new OnwaxError(code, about, hint === null ? {} : { hint: resultHint }));
		status = combine([status, exitStatus.failed]);
		await output.flush();
	}
	process.exit(status);
}

/** `--json` may stand anywhere before a `--`. */
function takeJson(argv: readonly string[]): { words: string[]; json: boolean } {
	const end = argv.indexOf("--");
	const options = end < 0 ? argv : argv.slice(0, end);
	const words = options.filter((word) => word !== "--json");
	return {
		words: end < 0 ? words : [...words, ...argv.slice(end)],
		json: words.length < options.length,
	};
}

async function dispatch(cli: Cli, words: readonly string[]): Promise<ExitStatus> {
	const [name, ...rest] = words;
	if (name === undefined || name === "help" || name === "--help" || name === "-h") {
		const { showHelp } = await import("./help.ts");
		return showHelp(cli, name === undefined ? [] : rest);
	}
	if (name === "--version" || name === "-V") {
		cli.output.line(cli.appVersion);
		cli.output.value({ version: cli.appVersion });
		return exitStatus.done;
	}
	const loading = commandNamed(name);
	if (loading === null) throw await unknownCommand(name);
	const file = await loading;
	const { makeCommand, usageError } = await import("./parse.ts");
	const statuses: ExitStatus[] = [];
	const act: Act =
		(run) =>
		async (...args) => {
			statuses.push(await run(cli, ...args));
		};
	const command = makeCommand(cli, name, file, act);
	try {
		await command.parseAsync(rest, { from: "user" });
	} catch (error) {
		const usage = usageError(error, name);
		if (usage === "help shown") return exitStatus.done;
		throw usage;
	}
	return combine(statuses);
}

async function unknownCommand(name: string): Promise<OnwaxError> {
	const { nearest } = await import("../config/known-keys.ts");
	const meant = name.startsWith("-") ? null : nearest(name, commandNames);
	const what = name.startsWith("-") ? "option" : "command";
	return new OnwaxError("ERR_USAGE", `There is no ${what} ${JSON.stringify(name)}.`, {
		hint: meant ? `Did you mean \`onwax ${meant}\`?` : "`onwax help` lists all commands.",
	});
}

function isAbort(thrown: unknown): boolean {
	return thrown instanceof Error && thrown.name === "AbortError";
}
