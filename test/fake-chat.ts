import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What the fake does with one question. After the script's end every one gets `otherwise`.
 * - `ok`: what `reply` says, in the shape that was asked for
 * - `hang`: reads everything, never answers; `reset`: cuts the connection without an answer
 * - `page`: 200 with a page for people; `truncated`: complete HTTP, incomplete JSON
 * - `cut-short`: the model ran out of room; `refusal`: it refuses; `no-choice`: nothing in the answer
 * - `reject-format`: 400 where `response_format` is given, as services do that do not know it
 * - `{ content }`: exactly that as the model's words
 * - `{ status }`: that status, with OpenAI's body for errors
 */
export type ChatStep =
	| "ok"
	| "hang"
	| "reset"
	| "page"
	| "truncated"
	| "cut-short"
	| "refusal"
	| "no-choice"
	| "reject-format"
	| { content: string }
	| { status: number; retryAfter?: string };

export type ChatQuestion = {
	authorization: string | null;
	model: string;
	/** The whole request, as it came. */
	body: Record<string, unknown>;
	instruction: string;
	transcript: string;
	/** The key that the answer is to have, as the instruction says. */
	key: string;
};

export type FakeChat = {
	/** With `/v1`, as it is configured. */
	baseUrl: string;
	questions: ChatQuestion[];
	/** From now on every question after the script is answered like this. */
	answer(step: ChatStep): void;
	close(): Promise<void>;
};

export type FakeChatOptions = {
	script?: ChatStep[];
	otherwise?: ChatStep;
	/** What the model says; the value of the key that was asked for. */
	reply?: (question: ChatQuestion) => string;
	/** Where given, any other key is answered 401. */
	apiKey?: string;
};

/** A model that does as it is told: cleaning up makes no change, everything else is short. */
export function obedient({ key, transcript }: ChatQuestion): string {
	if (key === "text") return transcript;
	return key === "title" ? "About wax" : "Somebody speaks about wax.";
}

/**
 * A fake of OpenAI's `POST /v1/chat/completions` on loopback, as its reference documents it
 * (https://platform.openai.com/docs/api-reference/chat/create).
 */
export async function startFakeChat(options: FakeChatOptions = {}): Promise<FakeChat> {
	const script = [...(options.script ?? [])];
	const questions: ChatQuestion[] = [];
	let otherwise = options.otherwise ?? "ok";
	const server = createServer((request, response) => {
		const step = script.shift() ?? otherwise;
		answer(request, response, step, options, questions).catch((error) => {
			if (request.destroyed || response.destroyed) return;
			sendError(response, 500, `fake-chat: ${error}`);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}/v1`,
		questions,
		answer(step) {
			otherwise = step;
		},
		async close() {
			server.close();
			server.closeAllConnections();
			await once(server, "close");
		},
	};
}

async function answer(
	request: IncomingMessage,
	response: ServerResponse,
	step: ChatStep,
	options: FakeChatOptions,
	questions: ChatQuestion[],
): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
		return sendError(response, 404, `Invalid URL (${request.method} ${request.url})`);
	}
	const question = readQuestion(request, Buffer.concat(chunks).toString("utf8"));
	questions.push(question);
	if (step === "hang") return;
	if (step === "reset") return void request.socket.resetAndDestroy();
	if (options.apiKey !== undefined && question.authorization !== `Bearer ${options.apiKey}`) {
		return sendError(response, 401, `Incorrect API key provided: ${question.authorization}.`);
	}
	if (step === "reject-format" && question.body.response_format !== undefined) {
		return sendError(response, 400, "Unrecognized request argument supplied: response_format");
	}
	if (typeof step === "object" && "status" in step) {
		if (step.retryAfter !== undefined) response.setHeader("retry-after", step.retryAfter);
		return sendError(response, step.status, `The server answers ${step.status}.`);
	}
	if (step === "page") {
		response.setHeader("content-type", "text/html");
		return void response.end("<!doctype html><title>Sign in</title>");
	}
	const content =
		typeof step === "object"
			? step.content
			: JSON.stringify({ [question.key]: (options.reply ?? obedient)(question) });
	const message =
		step === "refusal"
			? { role: "assistant", content: null, refusal: "I cannot help with that." }
			: { role: "assistant", content, refusal: null };
	const finish = step === "cut-short" ? "length" : "stop";
	const choices = step === "no-choice" ? [] : [{ index: 0, message, finish_reason: finish }];
	const body = JSON.stringify({ object: "chat.completion", model: question.model, choices });
	response.setHeader("content-type", "application/json");
	response.end(step === "truncated" ? body.slice(0, body.length / 2) : body);
}

/** Throws where the request is not what the reference asks for: the fake then answers 500. */
function readQuestion(request: IncomingMessage, text: string): ChatQuestion {
	const body = JSON.parse(text);
	const [system, user] = body.messages as { role: string; content: string }[];
	if (system?.role !== "system" || user?.role !== "user" || body.messages.length !== 2) {
		throw new Error("messages");
	}
	return {
		authorization: request.headers.authorization ?? null,
		model: body.model,
		body,
		instruction: system.content,
		transcript: JSON.parse(user.content).transcript,
		key: /one key "(\w+)"/.exec(system.content)?.[1] ?? "",
	};
}

function sendError(response: ServerResponse, status: number, message: string): void {
	response.statusCode = status;
	response.setHeader("content-type", "application/json");
	const code = status === 401 ? "invalid_api_key" : null;
	response.end(JSON.stringify({ error: { message, type: "invalid_request_error", code } }));
}
