import { execFile } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { OnwaxError } from "../../errors.ts";
import type { InputDevice } from "../microphone.ts";
import type { MicrophoneProgram } from "../microphone-program.ts";

/** The program of ours beside this folder, `.js` once it is compiled. */
const ours = fileURLToPath(
	new URL(`../decibri-program${extname(new URL(import.meta.url).pathname)}`, import.meta.url),
);

/** Works everywhere that decibri does: macOS, Windows, and Linux without either of the other programs. */
export const decibri: MicrophoneProgram = {
	name: "decibri",
	latencyMs: 30,
	tellsWhenOpen: true,
	endsWithInput: true,
	installHint: "Install Onwax again: a part of it is missing.",
	troubleHint:
		"Is a microphone plugged in, and may this terminal use it? `onwax device list` shows what there is.",
	command({ sampleRate, channels }, device) {
		if (channels > 1) {
			throw new OnwaxError("ERR_UNSUPPORTED", "decibri hears one channel only.", {
				hint: "Record with --channels 1, or name a program that hears more in `record.microphone`.",
			});
		}
		const program = [process.execPath, ours, "--rate", `${sampleRate}`];
		return device === null ? program : [...program, "--device", device];
	},
	read(line) {
		const [, kind, text] =
			/^onwax-microphone: (listening|trouble|unsupported) (.*)$/.exec(line) ?? [];
		if (kind === undefined || text === undefined) return null;
		if (kind === "listening") return { kind, device: text };
		const code = kind === "unsupported" ? { code: "ERR_UNSUPPORTED" as const } : {};
		return { kind: "trouble", message: text, ...code };
	},
	listDevices: listDecibriDevices,
};

type Listed = {
	id: string;
	name: string;
	isDefault: boolean;
	maxInputChannels: number;
	defaultSampleRate: number;
};

/** In a process of its own, too: looking at the devices loads the sound library. */
function listDecibriDevices(
	env: NodeJS.ProcessEnv,
	signal?: AbortSignal,
): Promise<InputDevice[] | null> {
	const options = { env, timeout: 10_000, signal };
	return new Promise((resolve) => {
		execFile(process.execPath, [ours, "--list"], options, (error, stdout) => {
			if (error) return resolve(null);
			// Our own program's words.
			const listed = JSON.parse(stdout) as Listed[];
			resolve(
				// Through ALSA it lists every plugin, and those that cannot hear as well.
				listed
					.filter(({ id, maxInputChannels }) => maxInputChannels > 0 && id !== "alsa:null")
					.map(({ id, name, isDefault, maxInputChannels, defaultSampleRate }) => ({
						...{ id, name, isDefault },
						isMonitor: /monitor of/i.test(name),
						channels: maxInputChannels,
						sampleRate: defaultSampleRate,
					})),
			);
		});
	});
}
