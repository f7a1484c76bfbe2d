import { createInterface } from "node:readline/promises";
import { OnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";

/**
 * Asks on the terminal; anything but a clear yes is a no.
 *
 * @throws ERR_USAGE where nobody can be asked
 */
export async function confirm(cli: Cli, question: string): Promise<boolean> {
	if (!process.stdin.isTTY || !cli.output.err.isTerminal) {
		throw new OnwaxError("ERR_USAGE", "There is no terminal to ask on.", {
			hint: "Say --yes if you are sure.",
		});
	}
	const asking = createInterface({ input: process.stdin, output: process.stderr });
	try {
		const answer = await asking.question(`${question} [y/N] `, { signal: cli.signal });
		return /^y(es)?$/i.test(answer.trim());
	} finally {
		asking.close();
	}
}
