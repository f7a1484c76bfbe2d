import { OnwaxError } from "../errors.ts";
import { cleanLine, cleanText } from "../services/clean-text.ts";
import type { TaskRules } from "./chat-tasks.ts";

/**
 * The text in a model's answer: a JSON object with the one key that was asked for, a string, no
 * longer than the task allows, without control characters. A fence around the JSON, which many
 * models put there, is the only thing that is forgiven.
 *
 * @throws ERR_ENGINE_OUTPUT for anything else
 */
export function readAnswer(answer: string, rules: TaskRules): string {
	const { key, maxCharacters, oneLine } = rules;
	const json = /^\s*```(?:json)?\s*([\s\S]*?)\s*```\s*$/.exec(answer)?.[1] ?? answer;
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch {
		throw unusable("The model did not answer with JSON.");
	}
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		throw unusable("The model did not answer with a JSON object.");
	}
	const keys = Object.keys(value);
	const text = (value as Record<string, unknown>)[key];
	if (keys.length !== 1 || typeof text !== "string") {
		throw unusable(`The model answered with something else than "${key}".`);
	}
	const clean = oneLine ? cleanLine(text) : cleanText(text);
	if (clean === "") throw unusable("The model answered with nothing.");
	if (clean.length > maxCharacters) {
		throw unusable(`The model's answer is longer than ${maxCharacters} characters.`);
	}
	return clean;
}

function unusable(message: string): OnwaxError {
	return new OnwaxError("ERR_ENGINE_OUTPUT", message);
}
