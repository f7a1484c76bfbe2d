import { resolve } from "node:path";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { cleanLine } from "../services/clean-text.ts";
import { redact } from "../services/redact.ts";
import type { EngineOutput } from "../transcript.ts";
import type { AudioInput, Engine, TranscribeRequest } from "./engine.ts";
import { type CommandEngineConfig, type Environment, windowLength } from "./engine-config.ts";
import { cleanEngineOutput, maxOutputBytes } from "./engine-output.ts";
import { languageTag } from "./language.ts";
import { findProgram } from "./program-path.ts";
import { type ProgramResult, runProgram } from "./run-program.ts";
import { withoutSecrets } from "./secret-variables.ts";
import { readPrinted } from "./transcript-text.ts";

const defaultTimeoutSeconds = 1800;
const stderrTailBytes = 2048;

/**
 * Any program that reads an audio file and prints what was said. It is started without a shell:
 * an argument stays one argument, whatever is in it. Exit status 0 with nothing printed is silence.
 *
 * @param secretVariables are withheld from it, as is what looks secret by its name
 */
export function createCommandEngine(
	name: string,
	config: CommandEngineConfig,
	environment: Environment,
	secretVariables: readonly string[] = [],
): Engine {
	const [program, ...template] = checkCommand(name, config);
	const model = config.model ?? null;
	const output = config.output ?? "text";
	const timeoutSeconds = config.timeoutSeconds ?? defaultTimeoutSeconds;
	const passed = withoutSecrets(environment, secretVariables, config.env ?? []);
	const secrets = (config.env ?? []).map((variable) => environment[variable]);

	async function transcribe(request: TranscribeRequest): Promise<EngineOutput> {
		if (request.signal.aborted) throw interrupted();
		const path = await findProgram(program, environment);
		if (path === null) throw missing(program);
		const argv = fillTemplate(template, {
			// Absolute, so that no program takes a path for an option.
			audio: resolve(request.audioPath),
			// What whisper.cpp and its like call "find out yourself".
			language: languageTag(request.language) ?? "auto",
			model: model ?? "",
			vocabulary: listOfWords(request.vocabulary ?? []),
		});
		const result = await start(path, argv, request.signal);
		const failure = judge(result, { name, timeoutSeconds, secrets });
		if (failure) throw failure;
		return cleanEngineOutput(readPrinted(result.stdout, output), {
			engine: name,
			model,
			language: request.language,
			durationSeconds: request.durationSeconds,
		});
	}

	async function start(path: string, argv: string[], signal: AbortSignal): Promise<ProgramResult> {
		try {
			return await runProgram(path, argv, passed, {
				timeoutMs: timeoutSeconds * 1000,
				maxStdoutBytes: maxOutputBytes,
				stderrTailBytes,
				signal,
			});
		} catch (error) {
			const code = systemErrorCode(error);
			if (code === "ENOENT") throw missing(program);
			throw new OnwaxError("ERR_ENGINE", `${program} could not be started (${code})`, {
				// Too many processes or too little memory: both pass.
				retryable: code === "EAGAIN" || code === "ENOMEM" || code === "EMFILE",
			});
		}
	}

	return {
		name,
		type: "command",
		model,
		input: inputOf(config),
		concurrency: config.concurrency ?? 1,
		takesVocabulary: template.some((argument) => argument.includes("{vocabulary}")),
		parameters: {
			command: JSON.stringify(config.command),
			output,
			...(model === null ? {} : { model }),
		},
		transcribe,
		async check() {
			const path = await findProgram(program, environment);
			if (path !== null) return { ok: true, message: `found ${path}`, hint: null };
			const { message, hint } = missing(program);
			return { ok: false, message, hint };
		},
	};
}

function checkCommand(name: string, config: CommandEngineConfig): [string, ...string[]] {
	const [program, ...rest] = config.command;
	const wrong = (problem: string, hint: string) =>
		new OnwaxError("ERR_CONFIG", `engines.${name}.command ${problem}`, { hint });
	if (program === undefined || program.trim() === "")
		throw wrong(
			"is empty",
			'Write the program and its arguments as a list: ["program", "{audio}"].',
		);
	if (!rest.some((argument) => argument.includes("{audio}")))
		throw wrong("never says {audio}", "Put {audio} where the program expects the audio file.");
	if (config.model === undefined && rest.some((argument) => argument.includes("{model}")))
		throw wrong("says {model}, but there is none", 'Add "model" to this engine.');
	return [program, ...rest];
}

/** In one pass: a path that contains `{language}` stays the path it is. */
function fillTemplate(template: readonly string[], values: Record<string, string>): string[] {
	return template.map((argument) =>
		argument.replace(
			/\{(audio|language|model|vocabulary)\}/g,
			(_all, key: string) => values[key] ?? "",
		),
	);
}

/** A comma stands between words only, so that a program can take them apart again. */
function listOfWords(vocabulary: readonly string[]): string {
	const words = vocabulary.map((word) => cleanLine(word).replaceAll(",", " ").trim());
	return [...new Set(words)].filter((word) => word !== "").join(",");
}

function inputOf(config: CommandEngineConfig): AudioInput {
	const container = config.input?.container ?? "wav";
	// 16 kHz mono is what speech recognisers are trained on; most read nothing else.
	const [rate, channels] = container === "wav" ? [16_000, 1] : [null, null];
	return {
		container,
		sampleRate: config.input?.sampleRate ?? rate,
		channels: config.input?.channels ?? channels,
		maxBytes: null,
		maxSeconds: windowLength(config),
		extensions: null,
	};
}

function judge(
	result: ProgramResult,
	about: { name: string; timeoutSeconds: number; secrets: readonly (string | undefined)[] },
): OnwaxError | null {
	const { name, timeoutSeconds } = about;
	switch (result.end) {
		case "aborted":
			return interrupted();
		case "timeout":
			return new OnwaxError("ERR_ENGINE_TIMEOUT", `${name} took longer than ${timeoutSeconds} s`, {
				retryable: true,
				hint: "Raise timeoutSeconds of this engine if it only needs longer.",
			});
		case "too-much-output":
			return new OnwaxError("ERR_ENGINE_OUTPUT", `${name} printed over ${maxOutputBytes} bytes`, {
				hint: "Make the program print the transcript only.",
			});
		case "exited": {
			if (result.exitCode === 0) return null;
			const how =
				result.signal === null ? `ended with ${result.exitCode}` : `was killed (${result.signal})`;
			const said = cleanLine(redact(result.stderrTail, about.secrets)).slice(-500);
			return new OnwaxError("ERR_ENGINE", `${name} ${how}${said === "" ? "" : `: ${said}`}`, {
				// A signal comes from outside, often for want of memory; a status is the program's word.
				retryable: result.signal !== null,
			});
		}
	}
}

function missing(program: string): OnwaxError {
	return new OnwaxError("ERR_ENGINE_MISSING", `${program} is not on this machine`, {
		hint: `Install ${program}, or correct the command of this engine.`,
	});
}

function interrupted(): OnwaxError {
	return new OnwaxError("ERR_INTERRUPTED", "The transcription was interrupted.");
}
