const key = "onwax.recorder";

/** What was chosen in this browser, for this computer's microphones. */
export type Preferences = {
	/** As `enumerateDevices` names it; null: the system's own choice. */
	deviceId: string | null;
	/** Echo and noise are taken out, and the level is levelled, by the browser. */
	processing: boolean;
};

export function loadPreferences(): Preferences {
	const usual = { deviceId: null, processing: false };
	try {
		return { ...usual, ...(JSON.parse(localStorage.getItem(key) ?? "{}") as object) };
	} catch {
		return usual;
	}
}

export function savePreferences(change: Partial<Preferences>): Preferences {
	const preferences = { ...loadPreferences(), ...change };
	localStorage.setItem(key, JSON.stringify(preferences));
	return preferences;
}
