import assert from "node:assert/strict";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { needs } from "./outside-program.ts";
import { seriousFindings } from "./web/axe.ts";
import { chromiumArguments, chromiumPath, collectComplaints, signInByLink } from "./web/browser.ts";
import { everyPage, looks, screens } from "./web/every-page.ts";
import { startExampleService } from "./web/example-service.ts";

test("axe finds nothing serious on any page, light and dark, phone and desktop", async (t) => {
	if (!needs(t, "chromium", "chromium") || !needs(t, "espeak-ng", "espeak-ng")) return;
	const service = await startExampleService(t);
	const browser = await chromium.launch({
		executablePath: chromiumPath,
		args: [...chromiumArguments],
	});
	t.after(() => browser.close());
	for (const [screen, viewport] of Object.entries(screens)) {
		const context = await browser.newContext({ viewport, serviceWorkers: "block" });
		const page = await context.newPage();
		const complaints = collectComplaints(page);
		await signInByLink(page, service);
		for (const { name, path, ready } of everyPage) {
			await page.goto(`${service.url}${path.replace(":interview", service.interview)}`);
			await ready(page);
			for (const colorScheme of looks) {
				await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
				assert.deepEqual(await seriousFindings(page), [], `${name}, ${colorScheme}, ${screen}`);
			}
			const isWider = "document.documentElement.scrollWidth > innerWidth";
			assert.equal(await page.evaluate(isWider), false, `${name} scrolls sideways on a ${screen}`);
		}
		assert.deepEqual(complaints, []);
		await context.close();
	}
});
