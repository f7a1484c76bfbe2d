import { test } from "node:test";
import { damageEachPage } from "../damaged-pages.ts";

test("whichever pages of the catalogue are damaged, every recording is listed again", async (t) => {
	// Every third page with the one behind it, and the first ones: some of every table and index.
	await damageEachPage(t, (pages) =>
		Array.from({ length: pages }, (_, page) => page).filter((page) => page < 3 || page % 3 === 0),
	);
});
