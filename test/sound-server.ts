import { type ChildProcess, execFile, spawn } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { MicrophoneEvents } from "../src/capture/microphone.ts";
import type { OnwaxError } from "../src/errors.ts";
import { needs } from "./outside-program.ts";

const run = promisify(execFile);

export type SoundServerOptions = {
	/** Of the sink `mic`, whose monitor is the microphone. */
	rate?: number;
	channels?: number;
};

export type Playback = {
	/** Ends it where it is. */
	stop(): void;
	/** Resolves when the last sample was handed over, or it was stopped. */
	readonly done: Promise<void>;
};

export type Listener = {
	/** Everything heard so far, oldest first: what a microphone that loses nothing has heard. */
	samples(): Int16Array;
	/** The newest `count` samples (of one channel each, interleaved), or fewer where there are fewer. */
	newest(count: number): Int16Array;
	/** How many samples so far. */
	count(): number;
	stop(): void;
};

export type SoundServer = {
	/** For every program that is to hear or speak here, and nowhere else. */
	readonly env: NodeJS.ProcessEnv;
	/** Asks it to end, and waits for that. */
	stop(): Promise<void>;
	/** As a crash would. */
	kill(): Promise<void>;
	/** Starts it again, with the sink `mic` alone. */
	restart(): Promise<void>;
	addSink(name: string, options?: SoundServerOptions): Promise<void>;
	removeSink(name: string): Promise<void>;
	/** What a new recording without a device hears. */
	setDefaultSource(name: string): Promise<void>;
	/** Plays raw s16le samples, or a file of them, into a sink. */
	play(
		audio: Uint8Array | string,
		options?: { sink?: string; rate?: number; channels?: number },
	): Playback;
	/** Hears a sink beside whoever else does; also keeps the sink's latency low. Resolves with the first samples. */
	listen(sink?: string): Promise<Listener>;
};

/**
 * A PulseAudio of this test's own: no hardware, no session bus, no settings of the machine's user.
 * Null when it is not installed, and the test is skipped. Ends with the test, whatever happens.
 */
export async function startSoundServer(
	t: TestContext,
	options: SoundServerOptions = {},
): Promise<SoundServer | null> {
	if (!needs(t, "pulseaudio", "pulseaudio")) return null;
	if (!needs(t, "pactl", "pulseaudio-utils")) return null;
	const { rate = 48_000, channels = 1 } = options;
	// A socket's path has at most 107 bytes: not below a long TMPDIR.
	const folder = mkdtempSync("/tmp/onwax-pa-");
	const socket = join(folder, "native");
	const env = environment(folder, socket);
	writeFiles(folder, socket, nullSink("mic", rate, channels));
	const children = new Set<ChildProcess>();
	const formats = new Map<string, { rate: number; channels: number }>();
	let server: ChildProcess | null = null;

	function start(program: string, args: string[]): ChildProcess {
		const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
		children.add(child);
		child.on("error", () => children.delete(child));
		child.on("close", () => children.delete(child));
		child.stderr?.resume();
		return child;
	}

	async function restart(): Promise<void> {
		const script = ["-n", "-F", join(folder, "server.pa")];
		const manners = ["--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"];
		// Realtime scheduling and a nice level are not to be had in a container, and asking takes time.
		const modest = ["--realtime=no", "--high-priority=no", "--log-level=error"];
		server = start("pulseaudio", [...script, ...manners, ...modest]);
		server.stdout?.resume();
		formats.clear();
		formats.set("mic", { rate, channels });
		await untilItAnswers();
	}

	async function untilItAnswers(): Promise<void> {
		for (let attempt = 0; attempt < 200; attempt++) {
			if (server?.exitCode !== null) break;
			try {
				await run("pactl", ["get-default-source"], { env });
				return;
			} catch {
				await sleep(25);
			}
		}
		throw new Error("the test's PulseAudio does not start");
	}

	async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
		const ending = server;
		server = null;
		if (ending) await ended(ending, signal);
	}

	t.after(async () => {
		await Promise.all([...children].map((child) => ended(child, "SIGKILL")));
		rmSync(folder, { recursive: true, force: true });
	});
	await restart();

	return {
		env,
		stop: () => end("SIGTERM"),
		kill: () => end("SIGKILL"),
		restart,
		async addSink(name, of = {}) {
			const format = { rate: of.rate ?? 48_000, channels: of.channels ?? 1 };
			await run("pactl", ["load-module", ...nullSink(name, format.rate, format.channels)], { env });
			formats.set(name, format);
		},
		async removeSink(name) {
			const { stdout } = await run("pactl", ["list", "short", "modules"], { env });
			const line = stdout.split("\n").find((one) => one.includes(`sink_name=${name} `));
			if (!line) throw new Error(`no sink ${name}`);
			await run("pactl", ["unload-module", line.split("\t")[0] as string], { env });
		},
		async setDefaultSource(name) {
			await run("pactl", ["set-default-source", name], { env });
		},
		play(audio, { sink = "mic", ...of } = {}) {
			const format = { ...(formats.get(sink) ?? { rate: 48_000, channels: 1 }), ...of };
			let path = typeof audio === "string" ? audio : null;
			if (path === null) {
				path = join(folder, `play-${Math.random().toString(36).slice(2)}.raw`);
				writeFileSync(path, audio);
			}
			const child = start("paplay", [
				...["--raw", "--format=s16le", `--rate=${format.rate}`, `--channels=${format.channels}`],
				...[`--device=${sink}`, path],
			]);
			child.stdout?.resume();
			const done = new Promise<void>((resolve) => child.on("close", () => resolve()));
			return { stop: () => child.kill("SIGKILL"), done };
		},
		async listen(sink = "mic") {
			const format = formats.get(sink) ?? { rate: 48_000, channels: 1 };
			const child = start("parec", [
				...["--raw", "--format=s16le", `--rate=${format.rate}`, `--channels=${format.channels}`],
				...["--latency-msec=5", `--device=${sink}.monitor`],
			]);
			return listener(child);
		},
	};
}

/** What makes a program hear that server, and leaves its home as it is. */
export function hearing({ env }: SoundServer): Record<string, string> {
	const { PULSE_SERVER = "", PULSE_CLIENTCONFIG = "", XDG_RUNTIME_DIR = "" } = env;
	return { PULSE_SERVER, PULSE_CLIENTCONFIG, XDG_RUNTIME_DIR, LC_ALL: "C" };
}

function nullSink(name: string, rate: number, channels: number): string[] {
	const format = ["format=s16le", `rate=${rate}`, `channels=${channels}`];
	// Without rewinds it hands over every 50 ms from the start; with them, only after up to 2 s.
	return ["module-null-sink", `sink_name=${name}`, ...format, "norewinds=1"];
}

function environment(folder: string, socket: string): NodeJS.ProcessEnv {
	const env: NodeJS.ProcessEnv = {};
	for (const [name, value] of Object.entries(process.env)) {
		if (!/^(PULSE_|PIPEWIRE_|DBUS_|ALSA_|DISPLAY$|WAYLAND_)/.test(name)) env[name] = value;
	}
	return {
		...env,
		HOME: join(folder, "home"),
		XDG_RUNTIME_DIR: folder,
		XDG_CONFIG_HOME: join(folder, "home/.config"),
		PULSE_SERVER: `unix:${socket}`,
		PULSE_CLIENTCONFIG: join(folder, "client.conf"),
		LC_ALL: "C",
	};
}

function writeFiles(folder: string, socket: string, sink: string[]): void {
	mkdirSync(join(folder, "home/.config/pulse"), { recursive: true });
	const script = [
		`load-module module-native-protocol-unix socket=${socket} auth-anonymous=1`,
		`load-module ${sink.join(" ")}`,
	];
	writeFileSync(join(folder, "server.pa"), `${script.join("\n")}\n`);
	writeFileSync(join(folder, "client.conf"), "autospawn = no\n");
	const alsa = ["pcm.!default { type pulse }", "ctl.!default { type pulse }"];
	writeFileSync(join(folder, "home/.asoundrc"), `${alsa.join("\n")}\n`);
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
	const closed = new Promise<void>((resolve) => child.once("exit", () => resolve()));
	child.kill(signal);
	await closed;
}

function listener(child: ChildProcess): Promise<Listener> {
	let bytes = Buffer.alloc(1 << 20);
	let length = 0;
	const view = (from: number) =>
		new Int16Array(bytes.buffer, bytes.byteOffset + from, (length - from) >> 1).slice();
	const heard: Listener = {
		samples: () => view(0),
		newest: (count) => view(Math.max(0, (length & ~1) - count * 2)),
		count: () => length >> 1,
		stop: () => child.kill("SIGKILL"),
	};
	return new Promise((resolve, reject) => {
		child.stdout?.on("data", (chunk: Buffer) => {
			while (length + chunk.length > bytes.length) {
				const larger = Buffer.alloc(bytes.length * 2);
				bytes.copy(larger, 0, 0, length);
				bytes = larger;
			}
			chunk.copy(bytes, length);
			length += chunk.length;
			resolve(heard);
		});
		child.on("close", () => reject(new Error("parec ended before it heard anything")));
	});
}

/** Whether ALSA programs can hear such a server; the test is skipped where they cannot. */
export function needsAlsa(t: TestContext): boolean {
	if (!needs(t, "arecord", "alsa-utils")) return false;
	const plugin = "{alsa-lib,*/alsa-lib}/libasound_module_pcm_pulse.so";
	if (globSync([`/usr/lib/${plugin}`, `/usr/lib64/${plugin}`]).length > 0) return true;
	return needs(t, "libasound_module_pcm_pulse.so", "libasound2-plugins");
}

/** Keeps all that a microphone tells. */
export type Ear = {
	events: MicrophoneEvents;
	frames: Buffer[];
	moved: string[];
	overruns: number;
	gone: OnwaxError[];
	bytes(): Buffer;
};

export function ear(onFrames: (frames: Buffer) => void = () => {}): Ear {
	const heard: Ear = {
		frames: [],
		moved: [],
		overruns: 0,
		gone: [],
		bytes: () => Buffer.concat(heard.frames),
		events: {
			onFrames(frames) {
				heard.frames.push(frames);
				onFrames(frames);
			},
			onMoved: (device) => heard.moved.push(device),
			onOverrun: () => {
				heard.overruns += 1;
			},
			onGone: (reason) => heard.gone.push(reason),
		},
	};
	return heard;
}

/** Waits for something that is sure to come; the test's own time limit ends it where it does not. */
export async function until(isTrue: () => boolean): Promise<void> {
	while (!isTrue()) await sleep(10);
}

/** Raw s16le frames that count from 1 to 30000 and over again; each channel's by a value of its own. */
export function counterFrames(frames: number, channels: number): Buffer {
	const samples = new Int16Array(frames * channels);
	for (let index = 0; index < samples.length; index++) {
		const count = 1 + (Math.trunc(index / channels) % 30_000);
		samples[index] = index % channels === 0 ? count : -count;
	}
	return Buffer.from(samples.buffer);
}

/** What was heard, from the first sample that is not silence on. */
export function withoutSilence(bytes: Buffer, channels: number): Buffer {
	const first = bytes.findIndex((byte) => byte !== 0);
	return first < 0 ? Buffer.alloc(0) : bytes.subarray(first - (first % (channels * 2)));
}
