import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Home, tempHome } from "../../../test/onwax-process.ts";
import { type SoundServer, startSoundServer } from "../../../test/sound-server.ts";

const options = { timeout: 30_000 };

async function start(t: TestContext): Promise<[Home, SoundServer, Record<string, string>] | null> {
	const server = await startSoundServer(t);
	if (!server) return null;
	const {
		PATH = "",
		PULSE_SERVER = "",
		PULSE_CLIENTCONFIG = "",
		XDG_RUNTIME_DIR = "",
	} = server.env;
	return [await tempHome(t), server, { PATH, PULSE_SERVER, PULSE_CLIENTCONFIG, XDG_RUNTIME_DIR }];
}

test("onwax device list shows what can be heard, the default marked", options, async (t) => {
	const started = await start(t);
	if (!started) return;
	const [home, server, env] = started;
	await server.addSink("second", { rate: 44_100, channels: 2 });
	await server.setDefaultSource("second.monitor");
	const shown = await home.onwax(["device", "list"], { env });
	assert.equal(shown.status, 0, shown.stderr);
	const [first, second] = shown.stdout.split("\n");
	assert.match(
		first ?? "",
		/^mic\.monitor +Monitor of .*, mono, 48 kHz, hears what the machine plays$/,
	);
	assert.match(second ?? "", /^second\.monitor +.*, stereo, 44\.1 kHz, .*default$/);
	const devices = await home.json(["device", "list", "--json"], { env });
	assert.deepEqual(
		devices.map(({ id, isDefault, isMonitor, channels, sampleRate }) => [
			...[id, isDefault, isMonitor, channels, sampleRate],
		]),
		[
			["mic.monitor", false, true, 1, 48_000],
			["second.monitor", true, true, 2, 44_100],
		],
	);
});

test("onwax device test tells sound from digital silence", options, async (t) => {
	const started = await start(t);
	if (!started) return;
	const [home, server, env] = started;
	const muted = await home.onwax(["device", "test", "mic", "--for", "1s"], { env });
	assert.equal(muted.status, 1);
	assert.match(muted.stdout, /^mic\.monitor: only digital silence comes: is it muted/);
	const tone = new Int16Array(48_000 * 10).map((_, index) => 8000 * Math.sin(index / 20));
	const playback = server.play(new Uint8Array(tone.buffer));
	const heard = await home.json(["device", "test", "--for", "1s", "--json"], { env });
	playback.stop();
	assert.equal(heard[0]?.verdict, "sound");
	const peakDbfs = 20 * Math.log10(8000 / 32_768);
	// The mean, because the server's resampler overshoots where a sound begins.
	assert.ok(Math.abs(Number(heard[0]?.rmsDbfs) - (peakDbfs - 20 * Math.log10(Math.SQRT2))) < 0.2);
	assert.ok(Number(heard[0]?.peakDbfs) > peakDbfs - 0.1);
});

test("onwax device test with a name that none has says which there are", options, async (t) => {
	const started = await start(t);
	if (!started) return;
	const [home, , env] = started;
	const ran = await home.onwax(["device", "test", "webcam"], { env });
	assert.equal(ran.status, 4);
	assert.match(ran.stderr, /no input device “webcam”/);
	assert.match(ran.stderr, /mic\.monitor/);
});
