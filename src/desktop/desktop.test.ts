import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tempFolder } from "../../test/temp-folder.ts";
import { copyText } from "./clipboard.ts";
import { openNotifier } from "./notify.ts";

/** A folder of programs that write down what they are given: arguments, variables, standard input. */
async function fakePrograms(t: TestContext, programs: Record<string, { status?: number }>) {
	const folder = await tempFolder(t);
	for (const [name, { status = 0 }] of Object.entries(programs)) {
		const path = join(folder, name);
		const script = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const input = process.stdin.isTTY ? "" : readFileSync(0).toString("base64");
const { ONWAX_NOTICE_TITLE: title, ONWAX_NOTICE_BODY: body } = process.env;
const said = { args: process.argv.slice(2), input, title, body };
appendFileSync(${JSON.stringify(`${path}.said`)}, JSON.stringify(said) + "\\n");
process.exit(${status});
`;
		await writeFile(path, script);
		await chmod(path, 0o755);
	}
	const saidTo = async (
		name: string,
	): Promise<{ args: string[]; input: Buffer; body: string }[]> => {
		const path = join(folder, `${name}.said`);
		if (!existsSync(path)) return [];
		const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
		return lines.map((line) => {
			const said = JSON.parse(line);
			return { ...said, input: Buffer.from(said.input, "base64") };
		});
	};
	/** As often as it is expected to be told: nobody waits for these programs. */
	const toldTo = async (name: string, times: number) => {
		for (;;) {
			const said = await saidTo(name);
			if (said.length >= times) return said;
			await sleep(20);
		}
	};
	return { folder, saidTo, toldTo };
}

const hostile = `"; touch /tmp/x; $(id) 'a' <b>&`;

test("a notice is shown with its texts as they are, whatever a shell would make of them", async (t) => {
	const { folder, toldTo } = await fakePrograms(t, { "notify-send": {}, osascript: {} });
	for (const [platform, program] of [
		["linux", "notify-send"],
		["darwin", "osascript"],
	] as const) {
		openNotifier({ env: { PATH: folder }, platform }).show("silence", hostile, hostile);
		const [said] = await toldTo(program, 1);
		const [title, body] = said?.args.slice(-2) ?? [];
		assert.equal(title, hostile);
		const marked = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
		assert.equal(body, platform === "linux" ? marked : hostile);
	}
});

test("PowerShell gets the texts as variables, none of them in its command", async (t) => {
	const { folder, toldTo } = await fakePrograms(t, { "powershell.exe": {} });
	openNotifier({ env: { PATH: folder }, platform: "win32" }).show("silence", "Title", hostile);
	const [said] = await toldTo("powershell.exe", 1);
	assert.equal(said?.body, hostile);
	assert.equal(
		said?.args.some((word) => word.includes("touch")),
		false,
	);
});

test("one kind is shown once a minute, and another one meanwhile", async (t) => {
	const { folder, toldTo } = await fakePrograms(t, { "notify-send": {} });
	let nowMs = 5;
	const notifier = openNotifier({ env: { PATH: folder }, platform: "linux", now: () => nowMs });
	notifier.show("silence", "first", "");
	nowMs += 59_999;
	notifier.show("silence", "too early", "");
	notifier.show("device-gone", "other", "");
	nowMs += 1;
	notifier.show("silence", "second", "");
	const said = await toldTo("notify-send", 3);
	const titles = said.map(({ args }) => args.at(-2)).sort();
	assert.deepEqual(titles, ["first", "other", "second"]);
});

test("without a program for notices, and with one that fails, nothing happens", async (t) => {
	const { folder, saidTo, toldTo } = await fakePrograms(t, { "notify-send": { status: 1 } });
	openNotifier({ env: { PATH: "/nowhere" }, platform: "linux" }).show("silence", "a", "b");
	const notifier = openNotifier({ env: { PATH: folder }, platform: "linux" });
	notifier.show("silence", "a", "b");
	await toldTo("notify-send", 1);
	await sleep(100);
	notifier.show("device-gone", "a", "b");
	await sleep(100);
	assert.equal((await saidTo("notify-send")).length, 1, "not asked again");
});

const text = "Grüße, 日本 🎙️\n$(id)";

test("the text goes to the clipboard's program through its standard input, in its encoding", async (t) => {
	const programs = { "wl-copy": {}, xclip: {}, xsel: {}, pbcopy: {}, "clip.exe": {} };
	const { folder, saidTo } = await fakePrograms(t, programs);
	const PATH = folder;
	const cases = [
		["wl-copy", { env: { PATH, WAYLAND_DISPLAY: "wayland-0" }, platform: "linux" }],
		["xclip", { env: { PATH, DISPLAY: ":0" }, platform: "linux" }],
		["pbcopy", { env: { PATH }, platform: "darwin" }],
		["clip.exe", { env: { PATH }, platform: "win32" }],
	] as const;
	for (const [program, options] of cases) {
		assert.equal(await copyText(text, options), program);
		const [said] = await saidTo(program);
		const encoding = program === "clip.exe" ? "utf16le" : "utf8";
		assert.equal(said?.input.toString(encoding).replace(/^\uFEFF/, ""), text);
		assert.equal(JSON.stringify(said?.args).includes("id"), false);
	}
	const wsl = { env: { PATH, WSL_DISTRO_NAME: "Debian" }, platform: "linux" } as const;
	assert.equal(await copyText(text, wsl), "clip.exe");
});

test("the next program is tried where one fails or is missing", async (t) => {
	const { folder } = await fakePrograms(t, { "wl-copy": { status: 1 }, xsel: {} });
	const env = { PATH: folder, WAYLAND_DISPLAY: "wayland-0", DISPLAY: ":0" };
	assert.equal(await copyText(text, { env, platform: "linux" }), "xsel");
});

test("it is told when there is no clipboard, and why", async (t) => {
	const { folder } = await fakePrograms(t, {});
	const PATH = folder;
	await assert.rejects(copyText(text, { env: { PATH }, platform: "linux" }), /no desktop/);
	const wayland = { env: { PATH, WAYLAND_DISPLAY: "wayland-0" }, platform: "linux" } as const;
	await assert.rejects(copyText(text, wayland), { hint: /wl-clipboard/ });
	await assert.rejects(copyText(text, { env: { PATH, DISPLAY: ":0" }, platform: "linux" }), {
		hint: /xclip/,
	});
});
