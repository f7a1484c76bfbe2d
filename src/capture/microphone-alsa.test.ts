import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
	counterFrames,
	ear,
	needsAlsa,
	startSoundServer,
	until,
	withoutSilence,
} from "../../test/sound-server.ts";
import { openMicrophoneWith } from "./microphone-open.ts";
import { arecord } from "./microphone-programs/arecord.ts";
import { decibri } from "./microphone-programs/decibri.ts";

const options = { timeout: 30_000 };
const stereo = { sampleRate: 48_000, channels: 2 };

test("arecord hears the same samples through ALSA", options, async (t) => {
	if (!needsAlsa(t)) return;
	const server = await startSoundServer(t, { channels: 2 });
	if (!server) return;
	const heard = ear();
	const microphone = await openMicrophoneWith([arecord], server.env)(stereo, null, heard.events);
	const played = counterFrames(48_000, 2);
	await server.play(played).done;
	await until(() => withoutSilence(heard.bytes(), 2).length >= played.length);
	await microphone.close();
	assert.ok(withoutSilence(heard.bytes(), 2).subarray(0, played.length).equals(played));
});

test("decibri hears in a process of its own, which ends in order", options, async (t) => {
	if (!needsAlsa(t)) return;
	const server = await startSoundServer(t);
	if (!server) return;
	const heard = ear();
	const open = openMicrophoneWith([decibri], server.env);
	const microphone = await open({ sampleRate: 48_000, channels: 1 }, null, heard.events);
	assert.match(microphone.device, /PulseAudio/);
	await server.play(counterFrames(24_000, 1)).done;
	await until(() => withoutSilence(heard.bytes(), 1).length >= 40_000);
	await microphone.close();
	const blocks = heard.frames.length;
	await sleep(100);
	assert.equal(heard.frames.length, blocks);
	assert.equal(heard.gone.length, 0);
	await assert.rejects(open(stereo, null, ear().events), {
		code: "ERR_UNSUPPORTED",
		message: /one channel only/,
	});
});

test("arecord and decibri say what is wrong when there is no sound server", options, async (t) => {
	if (!needsAlsa(t)) return;
	const server = await startSoundServer(t);
	if (!server) return;
	await server.stop();
	const mono = { sampleRate: 48_000, channels: 1 };
	for (const program of [arecord, decibri]) {
		await assert.rejects(openMicrophoneWith([program], server.env)(mono, null, ear().events), {
			code: "ERR_NO_SOUND_DEVICE",
			message: new RegExp(`could be opened: ${program.name} says: `),
			hint: /onwax device list/,
		});
	}
});
