import { execFile, spawn } from "node:child_process";
import type { InputDevice } from "../microphone.ts";
import { cutLines } from "../microphone-lines.ts";
import type { Follower } from "../microphone-program.ts";

const answerMs = 2000;

/** What `pactl -f json list` says, as far as it is used here. */
type Source = {
	index?: number;
	name?: string;
	description?: string;
	sample_specification?: string;
	properties?: Record<string, string>;
};
type SourceOutput = { source?: number; properties?: Record<string, string> };

/**
 * The sound server's inputs, by `pactl` (PulseAudio 16 or newer, or PipeWire); null where it is not
 * there, or no server answers it.
 */
export async function listPulseSources(
	env: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<InputDevice[] | null> {
	const [sources, defaultName] = await Promise.all([
		list<Source>("sources", env, signal),
		pactl(["get-default-source"], env, signal),
	]);
	if (sources === null) return null;
	return sources.flatMap(({ name, description, sample_specification, properties }) => {
		if (name === undefined) return [];
		const [, channels, rate] = /(\d+)ch (\d+)Hz/.exec(sample_specification ?? "") ?? [];
		return {
			id: name,
			name: description ?? name,
			isDefault: name === defaultName?.trim(),
			isMonitor: properties?.["device.class"] === "monitor" || name.endsWith(".monitor"),
			channels: channels === undefined ? null : Number(channels),
			sampleRate: rate === undefined ? null : Number(rate),
		};
	});
}

/**
 * `pactl subscribe` takes no notice when its reader dies; so a shell waits for the end of its standard
 * input, which comes with ours, whatever ends us.
 */
const subscribeWhileWanted = "pactl subscribe & read -r _; kill $!; wait";

/**
 * Watches which source the recording of process `pid` hears, through `pactl subscribe`: a process
 * that sleeps until something changes.
 */
export function followPulse(
	pid: number,
	env: NodeJS.ProcessEnv,
	onListening: (device: string) => void,
): Follower {
	const stopping = new AbortController();
	const watcher = spawn("sh", ["-c", subscribeWhileWanted], {
		env: inEnglish(env),
		stdio: ["pipe", "pipe", "ignore"],
		// As with the microphone itself: Ctrl-C is not for it.
		detached: true,
	});
	for (const end of [watcher, watcher.stdin, watcher.stdout]) end.on("error", () => {});

	async function look(): Promise<void> {
		const device = await sourceOf(pid, env, stopping.signal);
		if (device !== null && !stopping.signal.aborted) onListening(device);
	}
	const onLine = cutLines((line) => {
		if (/'change' on source-output #/.test(line)) void look();
	});
	watcher.stdout.on("data", onLine);
	return {
		ask: () => sourceOf(pid, env, stopping.signal),
		stop() {
			stopping.abort();
			watcher.stdin.end();
		},
	};
}

async function sourceOf(
	pid: number,
	env: NodeJS.ProcessEnv,
	signal: AbortSignal,
): Promise<string | null> {
	const [outputs, sources] = await Promise.all([
		list<SourceOutput>("source-outputs", env, signal),
		list<Source>("sources", env, signal),
	]);
	const ours = outputs?.find(
		({ properties }) => properties?.["application.process.id"] === String(pid),
	);
	if (ours === undefined) return null;
	return sources?.find(({ index }) => index === ours.source)?.name ?? null;
}

/** Null for whatever does not answer in JSON: the parts used here are looked at one by one. */
async function list<Item extends object>(
	kind: "sources" | "source-outputs",
	env: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<Item[] | null> {
	const text = await pactl(["-f", "json", "list", kind], env, signal);
	try {
		const value: unknown = JSON.parse(text ?? "");
		if (!Array.isArray(value)) return null;
		return value.filter((item): item is Item => typeof item === "object" && item !== null);
	} catch {
		return null;
	}
}

function pactl(
	args: string[],
	env: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<string | null> {
	// Nothing is lost with it, and one that waits for a server that hangs may not hear SIGTERM.
	const ending = { timeout: answerMs, signal, killSignal: "SIGKILL" } as const;
	const options = { env: inEnglish(env), maxBuffer: 4 << 20, ...ending };
	return new Promise((resolve) => {
		execFile("pactl", args, options, (error, stdout) => resolve(error ? null : stdout));
	});
}

/** Numbers in its JSON follow the locale, with a comma in many. */
function inEnglish(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	return { ...env, LC_ALL: "C" };
}
