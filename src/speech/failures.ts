import { basename, dirname } from "node:path";
import { OnwaxError } from "../errors.ts";
import type { Death, Failures } from "../processes/conversation.ts";
import { loadingStage, type SpeechRequest } from "./requests.ts";

/** The same files will fail again. */
export function badModel(name: string, cause: unknown): OnwaxError {
	return new OnwaxError(
		"ERR_ENGINE",
		`The model ${name} cannot be loaded: its files are damaged, or of a kind that this version does not know.`,
		{
			hint: `Remove it (\`onwax model remove ${name}\`) and get it again (\`onwax model pull ${name}\`); the audio is kept, and \`onwax retry\` asks again.`,
			cause,
		},
	);
}

/** How a speech child's failures are told. */
export function speechFailures(request: SpeechRequest): Failures {
	const what = doer[request.verb];
	const overtime = () =>
		new OnwaxError("ERR_ENGINE_TIMEOUT", `${what} takes far too long and was stopped.`, {
			retryable: true,
			hint: "The audio is kept. A smaller model, or a larger `timeoutSeconds` of the engine, may help.",
		});
	return {
		stalled: () =>
			new OnwaxError("ERR_ENGINE_TIMEOUT", `${what} hangs and was stopped.`, { retryable: true }),
		overtime,
		died: (death) => diedOf(death, what, modelName(request)),
	};
}

const doer = {
	listen: "The detector of speech",
	recognise: "The recogniser",
	diarise: "What tells speakers apart",
} as const;

function modelName(request: SpeechRequest): string | null {
	if (request.verb === "recognise") return basename(request.loading.model.folder);
	if (request.verb === "diarise") return basename(dirname(request.models.embedding));
	return null;
}

function diedOf(death: Death, what: string, model: string | null): OnwaxError {
	const how = death.signal ?? `status ${death.exitCode}`;
	const cause = new Error(`the process ended with ${how}: ${death.complaint}`);
	// Killed from outside (by a system that is out of memory, say) is not the files' fault.
	const own = death.signal !== "SIGKILL" && death.signal !== "SIGTERM";
	if (death.progress?.stage === loadingStage && own && model !== null)
		return badModel(model, cause);
	return new OnwaxError("ERR_ENGINE", `${what} broke down (${how}).`, {
		retryable: true,
		hint: "The audio is kept. If it happens again, this computer may have too little memory for the model.",
		cause,
	});
}
