import type { MicrophoneProgram } from "../microphone-program.ts";
import { followPulse, listPulseSources } from "./pulse-sources.ts";

/**
 * PulseAudio's own recorder, which PipeWire answers as well. Bit-exact at the device's own rate.
 *
 * With `--verbose` it would say which device it hears, and that it was moved to another; but it then
 * also writes its latency twenty times a second, and being woken for that costs us 0.3 % of a core.
 * `pactl subscribe` says the same and is silent otherwise.
 */
export const parec: MicrophoneProgram = {
	name: "parec",
	// 25 ms cost 0.2 % of a core more than 30, and gain nothing: whatever waits is safe with the server.
	latencyMs: 30,
	tellsWhenOpen: true,
	installHint: "Install it with: apt-get install pulseaudio-utils",
	troubleHint:
		"Is a microphone plugged in, and the sound server running? `onwax device list` shows what there is.",
	command: ({ sampleRate, channels }, device) => [
		...["parec", "--raw", "--format=s16le", `--rate=${sampleRate}`, `--channels=${channels}`],
		...[`--latency-msec=${parec.latencyMs}`, "--client-name=Onwax", "--stream-name=Recording"],
		...(device === null ? [] : [`--device=${device}`]),
	],
	// The strings are pacat.c's.
	read(line) {
		if (/^Invalid (sample specification|channel map)/.test(line)) {
			return { kind: "trouble", message: line, code: "ERR_UNSUPPORTED" };
		}
		const failed = /^(?:Stream error|Connection failure|pa_\w+\(\) failed): (.*)$/.exec(line);
		return failed?.[1] === undefined ? null : { kind: "trouble", message: failed[1] };
	},
	follow: followPulse,
	listDevices: listPulseSources,
};
