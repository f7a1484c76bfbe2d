import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { zipfCorpus } from "./corpus.ts";
import { environmentIn, program, run } from "./process.ts";
import { median, type Row } from "./row.ts";
import { builtCatalogue, vocabulary } from "./search.ts";
import { startServing } from "./serving.ts";

const starts = 15;
const words = 60;

/** Starting `onwax serve`, search as somebody types, and the page in a browser. */
export async function benchService(): Promise<Row[]> {
	return [await start(), ...(await typeAhead(1_000_000)), ...(await page())];
}

/** From starting the process to the answer of its first request. */
async function start(): Promise<Row> {
	return inHome(async (env) => {
		const seconds: number[] = [];
		for (let round = 0; round <= starts; round += 1) {
			const before = performance.now();
			const serving = await startServing(env);
			// Signing in was the first request, and was answered.
			const took = performance.now() - before;
			if (serving.cookie === "") throw new Error("not signed in");
			await serving.stop();
			// The first one fills the compile cache.
			if (round > 0) seconds.push(took);
		}
		return absolute("start of onwax serve to its first answer", median(seconds), 400, "ms");
	});
}

/** Words of three to eight letters, typed letter by letter, each asked for over HTTP one after the other. */
async function typeAhead(count: number): Promise<Row[]> {
	const library = await builtCatalogue(count);
	return inHome(async (env) => {
		await cp(library, join(env.ONWAX_DATA_DIR as string), { recursive: true });
		const serving = await startServing({ ...env, ONWAX_SERVER_REQUESTS_PER_MINUTE: "10000000" }, [
			"--no-worker",
		]);
		try {
			const corpus = zipfCorpus(vocabulary, 99);
			const took: number[] = [];
			for (let i = 0; i < words; i += 1) {
				const word = corpus.anyWord().slice(0, 8);
				for (let letters = 3; letters <= word.length; letters += 1) {
					const query = encodeURIComponent(word.slice(0, letters));
					const before = performance.now();
					const response = await fetch(
						`${serving.url}/api/v1/recordings/search?q=${query}&prefix=1&limit=30`,
						{ headers: { cookie: serving.cookie } },
					);
					await response.json();
					if (!response.ok) throw new Error(`search answered ${response.status}`);
					took.push(performance.now() - before);
				}
			}
			took.sort((a, b) => a - b);
			const p95 = took[Math.floor(took.length * 0.95)] ?? 0;
			return [absolute(`search as you type in ${count} recordings over HTTP, p95`, p95, 50, "ms")];
		} finally {
			await serving.stop();
		}
	});
}

/** From opening the address to rows that can be clicked, in a new browser, signed in. */
async function page(): Promise<Row[]> {
	return inHome(async (env) => {
		await run("ffmpeg", [
			"-v",
			"error",
			"-f",
			"lavfi",
			"-i",
			"sine=d=3",
			join(env.HOME ?? "", "a.wav"),
		]);
		await run(process.execPath, [program, "import", "--no-wait", join(env.HOME ?? "", "a.wav")], {
			env,
		});
		const serving = await startServing(env, ["--no-worker"]);
		const browser = await chromium.launch({
			executablePath: "/usr/bin/chromium",
			args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"],
		});
		try {
			const took: number[] = [];
			for (let round = 0; round < 6; round += 1) {
				const context = await browser.newContext({ serviceWorkers: "block" });
				const [name = "", value = ""] = serving.cookie.split("=");
				await context.addCookies([{ name, value, url: serving.url }]);
				const tab = await context.newPage();
				const before = performance.now();
				await tab.goto(serving.url, { waitUntil: "commit" });
				await tab.getByRole("article").first().waitFor();
				if (round > 0) took.push(performance.now() - before);
				await context.close();
			}
			return [
				absolute("the library's page, from its address to its rows", median(took), 1000, "ms"),
			];
		} finally {
			await browser.close();
			await serving.stop();
		}
	});
}

async function inHome<T>(work: (env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
	const home = await mkdtemp(join(tmpdir(), "onwax-bench-serve-"));
	try {
		return await work({
			...environmentIn(home),
			HOME: home,
			ONWAX_DATA_DIR: join(home, "library"),
			ONWAX_MIN_FREE_SPACE_MB: "0",
		});
	} finally {
		await rm(home, { recursive: true, force: true });
	}
}

function absolute(what: string, ours: number, target: number, unit: string): Row {
	return { what, ours, peer: null, ratio: ours, target, unit };
}
