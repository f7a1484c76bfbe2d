import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const source = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

type Violation = { id: string; impact: string | null; nodes: { html: string }[] };

/** What axe finds on the page as it is, that is serious or worse: `rule: element`. */
export async function seriousFindings(page: Page): Promise<string[]> {
	await page.evaluate(await readFile(source, "utf8"));
	const violations = await page.evaluate(async () => {
		const { axe } = globalThis as unknown as {
			axe: { run(): Promise<{ violations: Violation[] }> };
		};
		return (await axe.run()).violations;
	});
	return violations
		.filter(({ impact }) => impact === "serious" || impact === "critical")
		.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}
