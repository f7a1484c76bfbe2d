import { OnwaxError } from "../../errors.ts";
import type { MicrophoneProgram } from "../microphone-program.ts";

/**
 * Any program that writes raw samples (s16le, interleaved) to its standard output. In its arguments
 * `{sampleRate}`, `{channels}` and `{device}` stand for what is asked for.
 */
export function commandProgram(command: readonly string[]): MicrophoneProgram {
	const name = command[0] ?? "";
	return {
		name,
		latencyMs: 50,
		tellsWhenOpen: false,
		installHint: "The command stands in `record.microphone`; is it spelled right, and on the PATH?",
		troubleHint: "The command stands in `record.microphone`; try it by hand.",
		command({ sampleRate, channels }, device) {
			if (device !== null && !command.some((part) => part.includes("{device}"))) {
				throw new OnwaxError("ERR_UNSUPPORTED", `${name} cannot be told which device to hear.`, {
					hint: "Put {device} where it belongs in the `record.microphone` command.",
				});
			}
			const values: Record<string, string> = {
				sampleRate: String(sampleRate),
				channels: String(channels),
				device: device ?? "default",
			};
			return command.map((part) =>
				part.replace(/\{(sampleRate|channels|device)\}/g, (_, key: string) => values[key] ?? ""),
			);
		},
		read: () => null,
		listDevices: async () => null,
	};
}
