import type { Page } from "playwright-core";

/** Every page there is: its name in docs/screenshots, and how to come to where there is something to see. */
export const everyPage: { name: string; path: string; ready(page: Page): Promise<unknown> }[] = [
	{
		name: "library",
		path: "/",
		ready: (page) => page.getByText("Budget for the reading room").first().waitFor(),
	},
	{
		name: "search",
		path: "/?q=bell",
		ready: (page) => page.locator("mark").first().waitFor(),
	},
	{
		name: "recording",
		path: "/recordings/:interview",
		ready: (page) => page.getByText("mould").first().waitFor(),
	},
	{
		name: "record",
		path: "/record",
		ready: (page) =>
			page
				.getByRole("button", { name: /record/i })
				.first()
				.waitFor(),
	},
	{
		name: "queue",
		path: "/queue",
		ready: (page) => page.getByRole("heading", { name: /Needs you/ }).waitFor(),
	},
	{
		name: "health",
		path: "/library-health",
		ready: async (page) => {
			await page.getByText("Kept by month").waitFor();
			const checks = page.locator("section", {
				has: page.getByRole("heading", { name: "Checks" }),
			});
			await checks.getByRole("listitem").first().waitFor();
		},
	},
	...["engine", "lexicon", "retention", "access", "about"].map((section) => ({
		name: `settings-${section}`,
		path: `/settings/${section}`,
		ready: (page: Page) => page.getByRole("heading", { level: 1 }).waitFor(),
	})),
];

export const looks = ["light", "dark"] as const;
export const screens = {
	phone: { width: 390, height: 844 },
	desktop: { width: 1440, height: 900 },
} as const;
