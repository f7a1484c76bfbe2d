/** Microphones that go away, come back and are forbidden while a real browser records them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { listenToClock, startRecorderBrowser, webAudioOnly } from "../recorder-browser.ts";
import { elapses, isSafe, press, recordFor, startPageService } from "../recorder-faults.ts";
import { tempFolder } from "../temp-folder.ts";

/** Keeps the streams that the page was given, and lets a test make the next one wait or fail. */
const spy = `
	window.streams = [];
	window.pauseMs = 0;
	const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
	navigator.mediaDevices.getUserMedia = async (wanted) => {
		await new Promise((resolve) => setTimeout(resolve, window.pauseMs));
		if (window.refuses) throw new DOMException("no", "NotAllowedError");
		const stream = await open(wanted);
		window.streams.push(stream);
		return stream;
	};
	window.lose = () => {
		const track = window.streams.at(-1).getAudioTracks()[0];
		track.stop();
		track.dispatchEvent(new Event("ended"));
	};
	const Context = AudioContext;
	window.AudioContext = class extends Context {
		constructor(options) { super(options); window.context = this; }
	};`;

const openTracks = (page: Page) =>
	page.evaluate<number>(
		`streams.flatMap((stream) => stream.getTracks()).filter(({ readyState }) => readyState === "live").length`,
	);

/** The two ways of hearing, with what is done to the browser for that. */
const ways = [
	["the track's pieces", ""],
	["Web Audio", webAudioOnly],
] as const;

async function startRecording(t: Parameters<typeof startRecorderBrowser>[0], way = "") {
	const service = await startPageService(t, await tempFolder(t));
	const browser = await startRecorderBrowser(t);
	await browser.context.addInitScript(spy + way);
	const page = await browser.open(service.url, service.link);
	await recordFor(page, "0:02");
	return { service, page };
}

for (const [name, way] of ways)
	test(`by ${name}: a microphone that comes back with several events is heard once, and none stays open`, async (t) => {
		const { service, page } = await startRecording(t, way);
		await page.evaluate(`(() => {
			window.pauseMs = 300;
			lose();
			for (let event = 0; event < 3; event++) navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
		})()`);
		await page.getByText(/Recording from .* now. Silence stands/).waitFor();
		assert.equal(await openTracks(page), 1);
		await elapses(page, "0:05");
		await press(page, "Stop");
		await isSafe(page);
		assert.equal(await openTracks(page), 0);
		const [recording] = await service.recordings();
		assert.ok(recording);
		const { seconds, breaks } = listenToClock(await service.audio(recording.name));
		assert.ok(seconds > 4.5, `${seconds} s of tones, silence included`);
		const most = way === webAudioOnly ? 6 : 2;
		assert.ok(breaks.length <= most, `only at the place where it was gone: ${breaks}`);
		const kinds = await service.eventKinds(recording.name);
		assert.deepEqual(kinds, ["device-gone", "device-gone-ended"], "kept in metadata.json");
	});

test("stopping while a microphone is looked for: it is not opened afterwards", async (t) => {
	const { page } = await startRecording(t);
	await page.evaluate("(() => { window.pauseMs = 1500; lose(); })()");
	await page.getByText(/is gone: silence is recorded/).waitFor();
	await press(page, "Stop");
	await isSafe(page);
	while ((await page.evaluate<number>("streams.length")) < 2) await page.waitForTimeout(50);
	assert.equal(await openTracks(page), 0);
});

test("a microphone that is forbidden, and a browser that stops the sound: told as what they are", async (t) => {
	const { page } = await startRecording(t, webAudioOnly);
	await page.evaluate("(() => { window.refuses = true; lose(); })()");
	await page.getByText(/may not use the microphone any more: allow it in the browser/).waitFor();
	await page.evaluate(`(() => {
		window.refuses = false;
		navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
	})()`);
	await page.getByText(/Recording from .* now/).waitFor();
	await page.evaluate(`(() => {
		context.resume = () => Promise.reject(new Error("not without a key"));
		return context.suspend();
	})()`);
	await page.getByText(/The browser has stopped this page's sound/).waitFor();
	await page.evaluate("delete context.resume");
	await page.getByRole("heading", { name: "Record" }).click();
	await page.getByText(/The browser has stopped/).waitFor({ state: "detached" });
	await press(page, "Stop");
	await isSafe(page);
});

/** A microphone that delivers nothing while it is muted, as a browser does it to the real ones. */
const mutable = `
	navigator.mediaDevices.getUserMedia = async () => {
		const heard = new AudioContext();
		const from = heard.createOscillator();
		const to = heard.createMediaStreamDestination();
		from.connect(to);
		from.start();
		const track = to.stream.getAudioTracks()[0];
		window.mute = async (isMuted) => {
			await (isMuted ? heard.suspend() : heard.resume());
			Object.defineProperty(track, "muted", { value: isMuted, configurable: true });
			track.dispatchEvent(new Event(isMuted ? "mute" : "unmute"));
		};
		return to.stream;
	};`;

test("a microphone that is muted: told, and silence is recorded meanwhile", async (t) => {
	const { service, page } = await startRecording(t, mutable);
	await page.evaluate("mute(true)");
	await page.getByText(/has muted the microphone: unmute it there/).waitFor();
	await elapses(page, "0:06");
	await page.evaluate("mute(false)");
	await page.getByText(/has muted the microphone/).waitFor({ state: "detached" });
	await elapses(page, "0:08");
	await press(page, "Stop");
	await isSafe(page);
	const [recording] = await service.recordings();
	assert.ok(recording);
	assert.deepEqual(await service.eventKinds(recording.name), ["muted", "muted-ended"]);
});
