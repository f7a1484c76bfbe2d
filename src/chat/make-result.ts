import { OnwaxError } from "../errors.ts";
import { sha256OfText } from "./chat-file.ts";
import type { ChatResult } from "./chat-result.ts";
import type { ChatService } from "./chat-service.ts";
import { type ChatTask, type TaskRules, taskRules } from "./chat-tasks.ts";
import { whatIsWrong } from "./compare-texts.ts";
import { readAnswer } from "./read-answer.ts";
import { splitText } from "./split-text.ts";

/** Characters of a transcript in one question: what small models read, instruction and answer included. */
const longestQuestion = 12_000;
/** A cleaned-up text is as long as what was asked, and many models write less than they read. */
const longestPart = 4000;
/** A day of speech is some 800 000. */
const longestText = 2_000_000;
/** A model that answered something unusable is asked once more. */
const triesPerQuestion = 2;

type Made = Pick<ChatResult, "text" | "refusal" | "leftAsSaid">;

/**
 * What a model makes of a text. An answer that cannot be used ends in a `refusal`, with its reason;
 * nothing of it is kept.
 *
 * @throws ERR_INTERRUPTED, or why the service could not be asked
 */
export async function makeResult(
	service: ChatService,
	task: ChatTask,
	text: string,
	signal: AbortSignal,
): Promise<ChatResult> {
	const made = await orRefusal(() =>
		task === "clean-up" ? cleanUp(service, text, signal) : condense(service, task, text, signal),
	);
	const { model, address } = service;
	const madeAt = new Date().toISOString();
	return { ...made, model, address, madeAt, sourceSha256: sha256OfText(text) };
}

async function orRefusal(make: () => Promise<Made>): Promise<Made> {
	try {
		return await make();
	} catch (error) {
		if (isUnusable(error)) return { text: null, refusal: error.message };
		throw error;
	}
}

/** The service answered, and what it answered is of no use; asking it later changes nothing. */
function isUnusable(error: unknown): error is OnwaxError {
	return error instanceof OnwaxError && error.code === "ERR_ENGINE_OUTPUT" && !error.retryable;
}

async function question(
	service: ChatService,
	rules: TaskRules,
	text: string,
	signal: AbortSignal,
): Promise<string> {
	for (let tries = 1; ; tries++) {
		try {
			return readAnswer(await service.ask(rules.instruction, text, signal), rules);
		} catch (error) {
			if (!isUnusable(error) || tries >= triesPerQuestion) throw error;
		}
	}
}

/** Of a text that is too long for one question, the parts are summarised first, and those together. */
async function condense(
	service: ChatService,
	task: "title" | "summary",
	text: string,
	signal: AbortSignal,
): Promise<Made> {
	requireLength(text);
	let source = text;
	// Comes to an end: parts are longer than half a question, and no summary is longer than a third.
	while (source.length > longestQuestion) {
		const summaries: string[] = [];
		for (const part of splitText(source, longestQuestion)) {
			summaries.push(await question(service, taskRules.summary, part, signal));
		}
		source = summaries.join("\n\n");
	}
	return { text: await question(service, taskRules[task], source, signal), refusal: null };
}

/**
 * Part by part. A part whose answer lost or added something stands as it was said, and that is told;
 * where that is so of all of them there is no cleaned-up text.
 */
async function cleanUp(service: ChatService, text: string, signal: AbortSignal): Promise<Made> {
	requireLength(text);
	const parts = splitText(text, longestPart);
	const cleaned: string[] = [];
	const leftAsSaid: NonNullable<ChatResult["leftAsSaid"]> = [];
	for (const [index, part] of parts.entries()) {
		const said = part.trim();
		if (said === "") {
			cleaned.push(part);
			continue;
		}
		const { text: better, refusal } = await cleanPart(service, said, signal);
		if (better === null) {
			leftAsSaid.push({ part: index + 1, of: parts.length, reason: refusal ?? "" });
		}
		const [before = "", after = ""] = part.split(said);
		cleaned.push(`${before}${better ?? said}${after}`);
	}
	const [first] = leftAsSaid;
	const isRefused = first !== undefined && leftAsSaid.length === parts.length;
	if (isRefused) return { text: null, refusal: first.reason };
	return { text: cleaned.join(""), refusal: null, leftAsSaid };
}

async function cleanPart(service: ChatService, said: string, signal: AbortSignal): Promise<Made> {
	return orRefusal(async () => {
		const better = await question(service, taskRules["clean-up"], said, signal);
		const wrong =
			better.length > said.length * 2 + 200 ? "it is much longer" : whatIsWrong(said, better);
		return wrong === null
			? { text: better, refusal: null }
			: { text: null, refusal: `The cleaned-up text is not what was said: ${wrong}.` };
	});
}

function requireLength(text: string): void {
	if (text.length <= longestText) return;
	throw new OnwaxError(
		"ERR_ENGINE_OUTPUT",
		`The text is longer than ${longestText} characters; the chat model is not asked.`,
	);
}
