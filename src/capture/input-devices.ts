import { OnwaxError } from "../errors.ts";
import type { InputDevice } from "./microphone.ts";
import type { MicrophoneProgram } from "./microphone-program.ts";
import { microphonePrograms } from "./microphone-programs/all.ts";

/**
 * What can be listened to, as the first program says that can say it: the one that recording would
 * use. Empty where there is nothing.
 *
 * @throws ERR_NO_SOUND_DEVICE where no program of the platform can tell
 */
export async function listInputDevices(
	env: NodeJS.ProcessEnv,
	programs: readonly MicrophoneProgram[] = microphonePrograms(),
): Promise<InputDevice[]> {
	for (const program of programs) {
		const devices = await program.listDevices(env);
		if (devices !== null) return devices;
	}
	const hint = programs[0]?.installHint;
	throw new OnwaxError(
		"ERR_NO_SOUND_DEVICE",
		"Nothing on this machine can say which microphones there are.",
		hint === undefined ? {} : { hint },
	);
}
