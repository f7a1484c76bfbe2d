import { existsSync } from "node:fs";
import { after, type TestContext } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Config } from "../../src/config/defaults.ts";
import { startTempService, type TempService } from "../temp-service.ts";
import { builtPage } from "./built-page.ts";

export const chromiumPath = "/usr/bin/chromium";

/** A browser that asks nothing of the network and hears what a test plays to it. */
export const chromiumArguments: readonly string[] = [
	...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
	...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
	...["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
];

export type WebTest = {
	service: TempService;
	browser: Browser;
	context: BrowserContext;
	/** Signed in, with the library before it. */
	page: Page;
	/** What the page complained about: errors nobody caught, and what the security policy refused. */
	complaints: string[];
};

export type WebTestOptions = {
	settings?: Partial<Config>;
	/** Of the service's environment: what they set is not changed in the page. */
	variables?: Record<string, string>;
	/** Whether jobs are done. */
	works?: boolean;
	/** Played to whoever opens the microphone. */
	fakeMicrophoneWav?: string;
	context?: Parameters<Browser["newContext"]>[0];
	/** Where the page begins. */
	path?: string;
};

/** The service with the page that is built now, and a Chromium that has signed in by the link. */
export async function startWebTest(
	t: TestContext,
	{
		settings,
		variables = {},
		works = true,
		fakeMicrophoneWav,
		context: wanted,
		path = "/",
	}: WebTestOptions = {},
): Promise<WebTest> {
	const webFolder = await builtPage();
	const browser = await openBrowser(fakeMicrophoneWav ?? null);
	// Without the service worker a page is what the service sends, each time.
	const context = await browser.newContext({ serviceWorkers: "block", ...wanted });
	// Before the service goes: nobody waits for its answers any more.
	t.after(async () => {
		for (const other of browser.contexts()) await other.close();
	});
	const service = await startTempService(t, settings, { works, webFolder, variables });
	const page = await context.newPage();
	const complaints = collectComplaints(page);
	await signInByLink(page, service, path);
	return { service, browser, context, page, complaints };
}

/** One for all tests of a file, by what its microphone hears. */
const browsers = new Map<string | null, Promise<Browser>>();
after(async () => {
	for (const browser of browsers.values()) await (await browser).close();
});

function openBrowser(fakeMicrophoneWav: string | null): Promise<Browser> {
	let browser = browsers.get(fakeMicrophoneWav);
	if (browser === undefined) {
		if (!existsSync(chromiumPath)) throw new Error("needs chromium: apt-get install chromium");
		const heard = fakeMicrophoneWav && `--use-file-for-fake-audio-capture=${fakeMicrophoneWav}`;
		browser = chromium.launch({
			executablePath: chromiumPath,
			args: [...chromiumArguments, ...(heard ? [heard] : [])],
		});
		browsers.set(fakeMicrophoneWav, browser);
	}
	return browser;
}

/** Opens the link that `onwax serve` prints, and waits for the page. */
export async function signInByLink(
	page: Page,
	{ url, access }: Pick<TempService, "url" | "access">,
	path = "/",
): Promise<void> {
	await page.goto(`${url}${path}#${access.linkSecret}`);
	await page.getByRole("navigation", { name: "Main" }).waitFor();
}

/** Errors nobody caught, and what the content security policy refused. */
export function collectComplaints(page: Page): string[] {
	const complaints: string[] = [];
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("console", (message) => {
		if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
	});
	return complaints;
}

/** The smallest phone there is, in the dark; signed in. */
export async function openPhone(browser: Browser, service: TempService): Promise<Page> {
	const context = await browser.newContext({
		viewport: { width: 320, height: 640 },
		hasTouch: true,
		isMobile: true,
		colorScheme: "dark",
		serviceWorkers: "block",
	});
	const phone = await context.newPage();
	await signInByLink(phone, service);
	return phone;
}

/** How far the page is wider than what is seen of it. */
export function sidewaysPixels(page: Page): Promise<number> {
	return page.evaluate<number>(
		"document.documentElement.scrollWidth - document.documentElement.clientWidth",
	);
}
