import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseInputDevice } from "./input-devices-choice.ts";
import type { InputDevice } from "./microphone.ts";
import { arecord, parseAlsaDevices } from "./microphone-programs/arecord.ts";
import { decibri } from "./microphone-programs/decibri.ts";
import { parec } from "./microphone-programs/parec.ts";

function device(id: string, name: string, isMonitor = false): InputDevice {
	return { id, name, isDefault: false, isMonitor, channels: null, sampleRate: null };
}

const devices = [
	device("alsa_input.usb", "Headset Mono"),
	device("alsa_output.usb.monitor", "Monitor of Headset Stereo", true),
	device("alsa_input.pci", "Built-in Audio Analog"),
	device("alsa_input.pci.2", "Built-in Audio Digital"),
];

test("a device is chosen by its id, or by a part that only one microphone has", () => {
	const chosen = (wanted: string) => chooseInputDevice(devices, wanted).id;
	assert.equal(chosen("alsa_input.pci"), "alsa_input.pci");
	assert.equal(chosen("HEADSET"), "alsa_input.usb");
	assert.equal(chosen("digital"), "alsa_input.pci.2");
	assert.equal(chosen("monitor"), "alsa_output.usb.monitor");
	assert.equal(chosen("alsa_output"), "alsa_output.usb.monitor");
});

test("a name that several have names them; one that none has names what there is", () => {
	assert.throws(() => chooseInputDevice(devices, "built-in"), {
		code: "ERR_AMBIGUOUS",
		hint: "Say which: alsa_input.pci (Built-in Audio Analog); alsa_input.pci.2 (Built-in Audio Digital).",
	});
	assert.throws(() => chooseInputDevice(devices, "webcam"), {
		code: "ERR_NOT_FOUND",
		hint: /There is: alsa_input\.usb \(Headset Mono\); /,
	});
	assert.throws(() => chooseInputDevice([], "webcam"), { hint: /plugged in/ });
});

test("of ALSA's long list the defaults and each card once are left", () => {
	const text = [
		"null\n    Discard all samples (playback) or generate zero samples (capture)",
		"lavrate\n    Rate Converter Plugin Using Libav/FFmpeg Library",
		"default\n    Default Audio Device",
		"sysdefault:CARD=PCH\n    HDA Intel PCH, ALC257 Analog\n    Default Audio Device",
		"hw:CARD=PCH,DEV=0\n    HDA Intel PCH, ALC257 Analog\n    Direct hardware device",
		"plughw:CARD=PCH,DEV=0\n    HDA Intel PCH, ALC257 Analog\n    Hardware device with all software conversions",
		"",
	].join("\n");
	assert.deepEqual(
		parseAlsaDevices(text).map(({ id, name, isDefault }) => [id, name, isDefault]),
		[
			["default", "Default Audio Device", true],
			["plughw:CARD=PCH,DEV=0", "HDA Intel PCH, ALC257 Analog", false],
		],
	);
	assert.deepEqual(parseAlsaDevices(""), []);
});

test("each program's own words are understood, its chatter is not", () => {
	const killed = { kind: "trouble", message: "Entity killed" };
	assert.deepEqual(parec.read("Stream error: Entity killed"), killed);
	assert.deepEqual(parec.read("pa_context_connect() failed: Connection refused"), {
		kind: "trouble",
		message: "Connection refused",
	});
	assert.equal(parec.read("Got signal, exiting."), null);
	assert.deepEqual(arecord.read("overrun!!! (at least 153.318 ms long)"), { kind: "overrun" });
	assert.deepEqual(arecord.read("arecord: main:831: audio open error: No such device"), {
		kind: "trouble",
		message: "No such device",
	});
	assert.deepEqual(arecord.read("arecord: pcm_read:2221: read error: No such device"), {
		kind: "trouble",
		message: "read error: No such device",
	});
	const inaccurate = "Warning: rate is not accurate (requested = 44100Hz, got = 48000Hz)";
	const said = arecord.read(inaccurate);
	assert.equal(said?.kind === "trouble" && said.code, "ERR_UNSUPPORTED");
	assert.equal(arecord.read("ALSA lib pcm.c:2666:(snd_pcm_open_noupdate) Unknown PCM nix"), null);
	assert.deepEqual(decibri.read("onwax-microphone: listening Webcam Mono"), {
		kind: "listening",
		device: "Webcam Mono",
	});
	assert.equal(decibri.read("Cannot connect to server socket err = No such file"), null);
	assert.throws(() => decibri.command({ sampleRate: 48_000, channels: 2 }, null), {
		code: "ERR_UNSUPPORTED",
		hint: /record\.microphone/,
	});
});
