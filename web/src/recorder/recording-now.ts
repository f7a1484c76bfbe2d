import { useSyncExternalStore } from "react";

let isOn = false;
const listeners = new Set<() => void>();

/** Apart from the recorder, so that whoever only wants to know that need not load it. */
export function setRecordingNow(on: boolean): void {
	if (on === isOn) return;
	isOn = on;
	for (const listener of listeners) listener();
}

/** Whether this tab is recording: then nothing may take the recorder away. */
export function useRecordingNow(): boolean {
	return useSyncExternalStore(
		(listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		() => isOn,
	);
}
