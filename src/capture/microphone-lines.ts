/** A line longer than this is cut: whoever writes without end must not fill the memory. */
const maxLineLength = 2000;

/**
 * Cuts what a program writes to stderr into lines; a carriage return ends one as well. Empty ones are
 * left out. Returns a function for each piece, as it comes.
 */
export function cutLines(onLine: (line: string) => void): (piece: Buffer) => void {
	let rest = "";
	return (piece) => {
		const lines = (rest + piece.toString("utf8")).split(/[\r\n]+/);
		rest = (lines.pop() ?? "").slice(0, maxLineLength);
		for (const line of lines) {
			const text = line.slice(0, maxLineLength).trim();
			if (text !== "") onLine(text);
		}
	};
}
