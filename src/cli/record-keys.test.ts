import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { ended, saying } from "../../test/onwax-process.ts";
import { needs } from "../../test/outside-program.ts";

const keysModule = fileURLToPath(new URL("./record-keys.ts", import.meta.url));

/** Watches keys and says what it makes of them, each with a dot at its end. */
const script = `
	const { watchKeys } = await import(${JSON.stringify(keysModule)});
	const say = (text) => process.stdout.write(text + ".\\n");
	const keys = watchKeys(process.stdin, {
		onEnd() {
			keys.close();
			say("end raw=" + String(process.stdin.isRaw));
		},
		onPause: () => say("pause"),
		onSuspend: async () => say("suspend"),
		onContinue: () => say("continue"),
		onForeground: () => say("foreground"),
		onBackground: () => say("background"),
	});
	say("ready raw=" + String(process.stdin.isRaw));
`;

/** The same in a terminal of its own, made by util-linux's `script`; null where that is missing. */
function inTerminal(t: TestContext): ChildProcess | null {
	if (!needs(t, "script", "bsdutils")) return null;
	const child = spawn(
		"script",
		["-qefc", `exec "$KEYS_NODE" --input-type=module -e "$KEYS_SCRIPT"`, "/dev/null"],
		{
			env: { ...process.env, KEYS_NODE: process.execPath, KEYS_SCRIPT: script },
			stdio: ["pipe", "pipe", "inherit"],
		},
	);
	t.after(() => child.kill("SIGKILL"));
	return child;
}

test("keys are read one by one, and neither a pasted text nor an arrow ends a recording", async (t) => {
	const child = inTerminal(t);
	if (child === null) return;
	const all = ended(child);
	await saying(child, "stdout", /ready raw=true/);
	child.stdin?.write("p");
	await saying(child, "stdout", /pause\./);
	child.stdin?.write("\u001b[A");
	await new Promise((done) => setTimeout(done, 150));
	child.stdin?.write("a text from elsewhere\rwith line breaks q\r");
	await new Promise((done) => setTimeout(done, 150));
	child.stdin?.write(" ");
	await saying(child, "stdout", /pause\./);
	child.stdin?.write("\r");
	const { stdout, status } = await all;
	const said = stdout.replaceAll("\r", "").trim().split("\n");
	assert.deepEqual(said, ["ready raw=true.", "pause.", "pause.", "end raw=false."]);
	assert.equal(status, 0, "watching keys does not keep the process alive once it is closed");
});

for (const [name, key] of [
	["Ctrl-C", "\u0003"],
	["Ctrl-D", "\u0004"],
	["q", "q"],
] as const) {
	test(`${name} ends it, and the terminal is as it was`, async (t) => {
		const child = inTerminal(t);
		if (child === null) return;
		const all = ended(child);
		await saying(child, "stdout", /ready raw=true/);
		child.stdin?.write(key);
		assert.match((await all).stdout, /end raw=false/);
	});
}

test("Ctrl-Z without a shell to continue the job goes on at once, and keys still work", async (t) => {
	const child = inTerminal(t);
	if (child === null) return;
	const all = ended(child);
	await saying(child, "stdout", /ready raw=true/);
	child.stdin?.write("\u001a");
	await saying(child, "stdout", /foreground\./);
	child.stdin?.write("p");
	await saying(child, "stdout", /pause\./);
	child.stdin?.write("q");
	const { stdout } = await all;
	assert.match(stdout.replaceAll("\r", ""), /suspend\.\ncontinue\.\nforeground\.\npause\.\nend/);
});

test("without a terminal standard input is left alone, whoever writes to it", async () => {
	const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const all = ended(child);
	child.stdin.end("q\n");
	assert.equal((await all).stdout, "ready raw=undefined.\n");
});
