import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { chromiumArguments, chromiumPath, signInByLink } from "./browser.ts";
import { everyPage, looks, screens } from "./every-page.ts";
import { startExampleService } from "./example-service.ts";

/** `npm run screenshots`: every page in docs/screenshots, light and dark, phone and desktop. */
test("screenshots", async (t) => {
	const folder = join(import.meta.dirname, "../../docs/screenshots");
	await mkdir(folder, { recursive: true });
	const service = await startExampleService(t);
	const browser = await chromium.launch({
		executablePath: chromiumPath,
		args: [...chromiumArguments],
	});
	t.after(() => browser.close());
	for (const [screen, viewport] of Object.entries(screens)) {
		for (const colorScheme of looks) {
			const context = await browser.newContext({ viewport, colorScheme, serviceWorkers: "block" });
			const page = await context.newPage();
			await signInByLink(page, service);
			for (const { name, path, ready } of everyPage) {
				await page.goto(`${service.url}${path.replace(":interview", service.interview)}`);
				await ready(page);
				await page.evaluate("document.fonts.ready");
				await page.evaluate(namePlaces, {
					[service.app.config.dataDir]: "/home/you/.local/share/onwax",
					[service.folder]: "/usr/local/bin",
				});
				await page.waitForTimeout(400);
				await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${screen}.png`) });
			}
			await context.close();
		}
	}
});

/** In the pictures things lie where they would, and not where this run has put them. */
function namePlaces(places: Record<string, string>): void {
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
		for (const [here, usual] of Object.entries(places)) {
			if (text.nodeValue?.includes(here)) text.nodeValue = text.nodeValue.replaceAll(here, usual);
		}
	}
}
