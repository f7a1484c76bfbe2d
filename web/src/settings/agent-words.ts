const browsers: [RegExp, string][] = [
	[/Edg\w*\//, "Edge"],
	[/OPR\//, "Opera"],
	[/Firefox\/|FxiOS\//, "Firefox"],
	[/Chrom(e|ium)\/|CriOS\//, "Chrome"],
	[/Safari\//, "Safari"],
	[/^curl\//, "curl"],
];
const systems: [RegExp, string][] = [
	[/Android/, "Android"],
	[/iPhone|iPad/, "iOS"],
	[/Windows/, "Windows"],
	[/Mac OS X|Macintosh/, "macOS"],
	[/CrOS/, "ChromeOS"],
	[/Linux/, "Linux"],
];

/** As a browser calls itself, for a person: `Firefox on Linux`. */
export function agentWords(agent: string | null): string {
	const nameIn = (list: [RegExp, string][]) => list.find(([sign]) => sign.test(agent ?? ""))?.[1];
	const system = nameIn(systems);
	return `${nameIn(browsers) ?? "A browser"}${system === undefined ? "" : ` on ${system}`}`;
}
