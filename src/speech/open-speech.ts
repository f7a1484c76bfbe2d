import { OnwaxError } from "../errors.ts";
import type { Speech } from "./speech.ts";

export function openSpeech(): Speech {
	const missing = async () => {
		throw new OnwaxError("ERR_UNSUPPORTED", "not yet");
	};
	return {
		listen: missing,
		recognise: missing,
		diarise: missing,
		pids: () => [],
		async close() {},
	};
}
