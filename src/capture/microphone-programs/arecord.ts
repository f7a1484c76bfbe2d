import { execFile } from "node:child_process";
import type { InputDevice } from "../microphone.ts";
import type { MicrophoneProgram } from "../microphone-program.ts";

/**
 * ALSA's own recorder, for machines without a sound server. What waits (`hold`) waits in the device's
 * buffer, which is small: two seconds where the device has so much.
 */
export const arecord: MicrophoneProgram = {
	name: "arecord",
	latencyMs: 30,
	// It says nothing when all is well; a device that cannot be opened ends it within moments.
	tellsWhenOpen: false,
	installHint: "Install it with: apt-get install alsa-utils",
	troubleHint:
		"Is a microphone plugged in, and used by no other program? `onwax device list` shows what there is.",
	command: ({ sampleRate, channels }, device) => [
		...["arecord", "-t", "raw", "-f", "S16_LE", "-r", `${sampleRate}`, "-c", `${channels}`],
		...["--buffer-time=2000000", `--period-time=${arecord.latencyMs * 1000}`],
		...["-D", device ?? "default"],
	],
	// The strings are aplay.c's.
	read(line) {
		if (/^overrun!!!/.test(line)) return { kind: "overrun" };
		// It would go on, at the device's own rate, and call it ours.
		if (
			/rate is not accurate|Channels count non available|Sample format non available/.test(line)
		) {
			const message = line.replace(/^(Warning|arecord): /, "");
			return { kind: "trouble", message, code: "ERR_UNSUPPORTED" };
		}
		const failed = /^arecord: \w+:\d+: (?:audio open error: )?(.*)$/.exec(line);
		return failed?.[1] === undefined ? null : { kind: "trouble", message: failed[1] };
	},
	listDevices: listAlsaDevices,
	takesUnlisted: (device) => /^(plughw|hw|sysdefault|front|dsnoop):/.test(device),
};

function listAlsaDevices(
	env: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<InputDevice[] | null> {
	const options = { env: { ...env, LC_ALL: "C" }, timeout: 2000, signal };
	return new Promise((resolve) => {
		execFile("arecord", ["-L"], options, (error, stdout) =>
			resolve(error ? null : parseAlsaDevices(stdout)),
		);
	});
}

/**
 * Reads `arecord -L`: a name in the first column, what it is in the indented lines below. Of the many
 * plugins only those are devices for a person: the defaults, the sound servers, and each card once,
 * through the plugin that converts.
 */
export function parseAlsaDevices(text: string): InputDevice[] {
	return text.split(/\n(?=\S)/).flatMap((entry) => {
		const [id = "", ...about] = entry.split("\n").map((line) => line.trim());
		if (!/^(default|pulse|pipewire|plughw:.*)$/.test(id)) return [];
		const name = about.filter((line) => line !== "").slice(0, id.startsWith("plughw") ? 1 : 9);
		return {
			id,
			name: name.join(", ") || id,
			isDefault: id === "default",
			isMonitor: false,
			channels: null,
			sampleRate: null,
		};
	});
}
