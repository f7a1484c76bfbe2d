import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

type Violation = { id: string; impact: string | null; nodes: { html: string }[] };

/** Everything that axe finds on the page as it is: `rule: element`. */
export async function allFindings(page: Page): Promise<string[]> {
	return inWords(await violationsOn(page));
}

/** What of it is serious or worse. */
export async function seriousFindings(page: Page): Promise<string[]> {
	const isSerious = ({ impact }: Violation) => impact === "serious" || impact === "critical";
	return inWords((await violationsOn(page)).filter(isSerious));
}

async function violationsOn(page: Page): Promise<Violation[]> {
	await page.evaluate(await readFile(source, "utf8"));
	return page.evaluate(async () => {
		const { axe } = globalThis as unknown as {
			axe: { run(): Promise<{ violations: Violation[] }> };
		};
		return (await axe.run()).violations;
	});
}

function inWords(violations: readonly Violation[]): string[] {
	return violations.flatMap(({ id, nodes }) =>
		nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`),
	);
}
