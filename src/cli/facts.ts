import type { Output } from "./output.ts";
import { padEnd, wrap } from "./width.ts";

/** What is known of something: a name and a value on each line, long values wrapped. */
export function writeFacts(output: Output, facts: readonly (readonly [string, string])[]): void {
	const longest = Math.max(0, ...facts.map(([name]) => name.length));
	const indent = " ".repeat(longest + 4);
	for (const [name, value] of facts) {
		const room = output.out.isTerminal ? output.out.width - longest - 4 : 10_000;
		// A path or a checksum stays in one piece, so that it can be copied from the terminal.
		const [first = "", ...more] = value.includes(" ") ? wrap(value, room) : [value];
		output.line(`  ${output.out.paint("dim", padEnd(name, longest))}  ${first}`);
		for (const line of more) output.line(`${indent}${line}`);
	}
}
