import type { MicrophoneOptions } from "./microphone.ts";

const key = "onwax.recorder";
const usual: MicrophoneOptions = { deviceId: null, sampleRate: 16_000, processing: false };

/** What was chosen in this browser, for this computer's microphones. */
export function loadPreferences(): MicrophoneOptions {
	try {
		return { ...usual, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as object) };
	} catch {
		return usual;
	}
}

export function savePreferences(change: Partial<MicrophoneOptions>): MicrophoneOptions {
	const preferences = { ...loadPreferences(), ...change };
	localStorage.setItem(key, JSON.stringify(preferences));
	return preferences;
}
