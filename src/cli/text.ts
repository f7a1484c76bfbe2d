import type { Output, Style } from "./output.ts";
import { wrap } from "./width.ts";

/** A line that is easy to read is no longer than this. */
const comfortable = 80;

/** Running text: wrapped on a terminal, as it is elsewhere. It must be visible text already. */
export function writeText(output: Output, text: string, style?: Style): void {
	const { out } = output;
	const lines = out.isTerminal ? wrap(text, Math.min(out.width, comfortable)) : text.split("\n");
	for (const line of lines) output.line(style ? out.paint(style, line) : line);
}
