/**
 * Flags that the first dictation scripts had (D0.9), as the commands that they are now. Everything
 * after the flag is handed on.
 */
const commandOfFlag: Record<string, string[]> = {
	"--retry-last": ["retry", "--last"],
	"--retry-all-failed": ["retry", "--all-failed"],
	"--list-failed": ["list", "--state", "failed"],
	"--list-recent": ["list"],
	"--search": ["search"],
	"--playback": ["play"],
	"--print-path": ["path"],
	"--cleanup": ["cleanup"],
	"--validate": ["validate"],
};

/** @param argv without `--json`; a first word that is no such flag leaves it as it is */
export function rewriteOldFlags(argv: readonly string[]): string[] {
	const [first = "", ...rest] = argv;
	const equals = first.indexOf("=");
	const flag = equals < 0 ? first : first.slice(0, equals);
	if (!Object.hasOwn(commandOfFlag, flag)) return [...argv];
	const command = commandOfFlag[flag] ?? [];
	const after = equals < 0 ? rest : [first.slice(equals + 1), ...rest];
	if (flag === "--list-recent") {
		const [count, ...others] = after;
		const isCount = count !== undefined && /^\d+$/.test(count);
		return [...command, "--limit", isCount ? count : "10", ...(isCount ? others : after)];
	}
	// Without a word about which, the old scripts meant the newest, or everything.
	if (after.length === 0 && (flag === "--playback" || flag === "--print-path")) {
		return [...command, "last"];
	}
	const namesNone = after.every((word) => word.startsWith("-"));
	if (namesNone && flag === "--validate") return [...command, "--all", ...after];
	return [...command, ...after];
}
