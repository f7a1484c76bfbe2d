import { OnwaxError } from "../errors.ts";
import { chooseInputDevice } from "./input-devices-choice.ts";
import type { Microphone, MicrophoneEvents, OpenMicrophone } from "./microphone.ts";
import { startMicrophone } from "./microphone-driver.ts";
import type { MicrophoneProgram, Refusal } from "./microphone-program.ts";
import { microphonePrograms } from "./microphone-programs/all.ts";
import { commandProgram } from "./microphone-programs/command.ts";

/**
 * The microphone of this machine.
 *
 * @param command a program of the user's own that writes samples; null for those of the platform
 */
export function openMicrophoneOf(
	command: readonly string[] | null,
	env: NodeJS.ProcessEnv = process.env,
): OpenMicrophone {
	return openMicrophoneWith(command ? [commandProgram(command)] : microphonePrograms(), env);
}

/**
 * Makes an `OpenMicrophone` of programs. The first that hears is used; one that cannot run, or ends
 * before its first sample, gives way to the next. From then on it is that one alone: what it was told
 * about the device holds for no other, and a sound server that starts again is to be waited for.
 *
 * Its signal ends the trying, too. What it returns throws, beside what `OpenMicrophone` names, ERR_NOT_FOUND where no device has that name.
 */
export function openMicrophoneWith(
	programs: readonly MicrophoneProgram[],
	env: NodeJS.ProcessEnv = process.env,
): OpenMicrophone {
	let proven: MicrophoneProgram | null = null;
	return async (format, device, events, signal) => {
		const refusals: [MicrophoneProgram, Refusal][] = [];
		for (const program of proven === null ? programs : [proven]) {
			const result = await tryProgram(program, format, device, env, events, signal);
			if ("refusal" in result) refusals.push([program, result.refusal]);
			else {
				proven = program;
				return result.microphone;
			}
		}
		throw whyNone(refusals);
	};
}

type Result = { microphone: Microphone } | { refusal: Refusal };

async function tryProgram(
	program: MicrophoneProgram,
	format: Parameters<OpenMicrophone>[0],
	device: string | null,
	env: NodeJS.ProcessEnv,
	events: MicrophoneEvents,
	signal: AbortSignal | undefined,
): Promise<Result> {
	try {
		const id = device === null ? null : await idOf(program, device, env, signal);
		return await startMicrophone(program, format, id, env, events, signal);
	} catch (error) {
		if (signal?.aborted) throw signal.reason;
		// That another program could mean something else by the name makes it no clearer.
		if (!(error instanceof OnwaxError) || error.code === "ERR_AMBIGUOUS") throw error;
		const { code, message, hint } = error;
		const reason = `says: ${message}`;
		return { refusal: { code, reason, hint: hint ?? program.troubleHint, isMissing: false } };
	}
}

async function idOf(
	program: MicrophoneProgram,
	device: string,
	env: NodeJS.ProcessEnv,
	signal: AbortSignal | undefined,
): Promise<string> {
	if (program.takesUnlisted?.(device)) return device;
	const devices = await program.listDevices(env, signal);
	return devices === null ? device : chooseInputDevice(devices, device).id;
}

/** What each of them said, in a sentence; code and hint are the first's that is there at all. */
function whyNone(refusals: readonly [MicrophoneProgram, Refusal][]): OnwaxError {
	const said = refusals.map(([{ name }, { reason }]) => `${name} ${reason.replace(/\.$/, "")}`);
	const [, telling] = refusals.find(([, { isMissing }]) => !isMissing) ?? refusals[0] ?? [];
	if (telling?.code === "ERR_NOT_FOUND") {
		return new OnwaxError(telling.code, telling.reason.replace(/^says: /, ""), {
			retryable: true,
			hint: telling.hint,
		});
	}
	return new OnwaxError(
		telling?.code ?? "ERR_NO_SOUND_DEVICE",
		`No microphone could be opened: ${said.join("; ")}.`,
		{ retryable: true, ...(telling ? { hint: telling.hint } : {}) },
	);
}
