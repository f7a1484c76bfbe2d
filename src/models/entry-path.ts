const longestPart = 200;
const deepest = 8;

/**
 * The parts of an archive entry's name, or null where it could lead anywhere but into the folder that
 * it is unpacked into: absolute, upwards, with another system's separators, or not fit to be a name.
 */
export function entryParts(name: string): string[] | null {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	if (name.startsWith("/") || /[\\\u0000-\u001f\u007f]/.test(name) || /^[A-Za-z]:/.test(name)) {
		return null;
	}
	const parts = name.split("/").filter((part) => part !== "" && part !== ".");
	const isSound = parts.every(
		(part) => part !== ".." && Buffer.byteLength(part) <= longestPart && part === part.trim(),
	);
	return isSound && parts.length <= deepest ? parts : null;
}
