import { OnwaxError } from "../errors.ts";
import type { InputDevice } from "./microphone.ts";

/**
 * The device that `wanted` means: its exact id, else a part of the id or name, in any case, that only
 * one has. A microphone goes before a monitor of the same name: a headset's two halves share it.
 *
 * @throws ERR_NOT_FOUND naming what there is, ERR_AMBIGUOUS naming those that it could be
 */
export function chooseInputDevice(devices: readonly InputDevice[], wanted: string): InputDevice {
	const exact = devices.find(({ id }) => id === wanted);
	if (exact) return exact;
	const part = wanted.toLowerCase();
	const named = devices.filter(({ name }) => name.toLowerCase() === part);
	const similar = devices.filter(
		({ id, name }) => id.toLowerCase().includes(part) || name.toLowerCase().includes(part),
	);
	const found = named.length > 0 ? named : similar;
	const microphones = found.filter(({ isMonitor }) => !isMonitor);
	const [first, ...others] = microphones.length > 0 ? microphones : found;
	if (first === undefined) {
		throw new OnwaxError("ERR_NOT_FOUND", `There is no input device “${wanted}”.`, {
			retryable: true,
			hint:
				devices.length === 0
					? "There is none at all: is a microphone plugged in?"
					: `There is: ${inWords(devices)}.`,
		});
	}
	if (others.length > 0) {
		throw new OnwaxError("ERR_AMBIGUOUS", `“${wanted}” could be several input devices.`, {
			hint: `Say which: ${inWords([first, ...others])}.`,
		});
	}
	return first;
}

function inWords(devices: readonly InputDevice[]): string {
	return devices.map(({ id, name }) => (id === name ? id : `${id} (${name})`)).join("; ");
}
