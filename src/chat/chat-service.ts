import { OnwaxError } from "../errors.ts";
import type { HttpAnswer } from "../services/http-fetch.ts";
import { httpStatusError } from "../services/http-status.ts";
import {
	askService,
	type OpenaiService,
	readService,
	requireKey,
} from "../services/openai-service.ts";
import { redact } from "../services/redact.ts";

export type ChatServiceConfig = {
	baseUrl: string;
	model: string;
	apiKeyEnv: string;
	/** For one question. */
	timeoutSeconds: number;
};

export type ChatService = {
	readonly model: string;
	/** Without secrets. */
	readonly address: string;
	/**
	 * Asks once, and returns what was answered as it came. The transcript goes as data, inside of a
	 * JSON object; the service is given no tools, so that nothing can come of it but text.
	 *
	 * @throws ERR_INTERRUPTED, or ERR_ENGINE_* as an engine that is a service does
	 */
	ask(instruction: string, transcript: string, signal: AbortSignal): Promise<string>;
};

const maxAnswerBytes = 1024 * 1024;

/**
 * Any service that speaks OpenAI's `POST /chat/completions`, through the official client
 * (https://platform.openai.com/docs/api-reference/chat/create). One that does not know
 * `response_format` is asked without, and that is remembered.
 */
export function createChatService(
	config: ChatServiceConfig,
	environment: Readonly<Record<string, string | undefined>>,
): ChatService {
	const service = readService("chat", config, environment);
	let asksForJson = true;

	async function ask(instruction: string, transcript: string, signal: AbortSignal) {
		requireKey(service);
		for (;;) {
			const withFormat = asksForJson;
			const answer = await send(service, config.model, withFormat, instruction, transcript, signal);
			if (answer.status >= 200 && answer.status < 300) return readContent(answer, service);
			if (!withFormat || !isAboutFormat(answer)) throw refused(answer, service);
			asksForJson = false;
		}
	}

	return { model: config.model, address: service.address, ask };
}

function send(
	service: OpenaiService,
	model: string,
	withFormat: boolean,
	instruction: string,
	transcript: string,
	given: AbortSignal,
): Promise<HttpAnswer> {
	const asking = {
		signal: given,
		maxAnswerBytes,
		interrupted: "The question to the chat model was interrupted.",
		timeoutHint: "Raise chat.timeoutSeconds if it only needs longer.",
	};
	return askService(service, asking, (client, signal) =>
		client.chat.completions.create(
			{
				model,
				messages: [
					{ role: "system", content: instruction },
					{ role: "user", content: JSON.stringify({ transcript }) },
				],
				...(withFormat ? { response_format: { type: "json_object" } } : {}),
			},
			{ signal },
		),
	);
}

function isAboutFormat({ status, body }: HttpAnswer): boolean {
	return (status === 400 || status === 422) && /response_format|json_object/i.test(body);
}

function refused(answer: HttpAnswer, service: OpenaiService): OnwaxError {
	const error = httpStatusError(answer, {
		service: service.address,
		secrets: [service.apiKey ?? undefined],
		nowMs: Date.now(),
	});
	if (error.code !== "ERR_ENGINE_TOO_LARGE") return error;
	return new OnwaxError(error.code, error.message, {
		httpStatus: answer.status,
		hint: "Choose a model that reads longer texts.",
	});
}

type Completion = {
	choices?: {
		finish_reason?: unknown;
		message?: { content?: unknown; refusal?: unknown } | null;
	}[];
};

/** @throws ERR_ENGINE_OUTPUT, retryable where it is no answer of a chat service at all */
function readContent(answer: HttpAnswer, service: OpenaiService): string {
	let completion: Completion | null;
	try {
		completion = JSON.parse(answer.body);
	} catch {
		const beginning = redact(answer.body, [service.apiKey ?? undefined]).slice(0, 40);
		throw new OnwaxError(
			"ERR_ENGINE_OUTPUT",
			`${service.address} answered ${answer.status} with something that is not complete JSON: ${JSON.stringify(beginning)}`,
			{ retryable: true, httpStatus: answer.status },
		);
	}
	const choice = Array.isArray(completion?.choices) ? completion.choices[0] : null;
	const unusable = (message: string) => new OnwaxError("ERR_ENGINE_OUTPUT", message);
	if (choice?.message?.refusal) throw unusable("The model refused to answer.");
	if (choice?.finish_reason === "length") throw unusable("The model's answer was cut short.");
	const content = choice?.message?.content;
	if (typeof content === "string") return content;
	throw unusable(`${service.address} answered without a text.`);
}
