import http from "node:http";
import https from "node:https";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { OnwaxError } from "../errors.ts";

export type HttpLimits = {
	/** No byte sent or received for this long, while there should be: the other side is gone. */
	idleTimeoutMs: number;
	maxAnswerBytes: number;
};

export type HttpAnswer = {
	status: number;
	contentType: string | null;
	/** The header as it came. */
	retryAfter: string | null;
	body: string;
};

/**
 * A `fetch` for uploads, over node:http: the one that comes with Node gives up after 300 s without
 * an answer, whatever limit was asked for, and a slow service may need longer for a long recording.
 * The body is read from disk as it is sent, with its length known beforehand (not every compatible
 * service takes chunked requests). The answer is read whole, up to a limit. Redirects are not
 * followed: neither the key nor the audio goes where nobody configured it to go. `onAnswer` gets
 * the answer as it came, before a client makes of it what it will.
 *
 * Rejects with ERR_ENGINE_TIMEOUT when idle, ERR_ENGINE_OUTPUT for an answer over the limit, the
 * signal's reason, or the system's error.
 */
export function httpFetch(
	limits: HttpLimits,
	onAnswer: (answer: HttpAnswer) => void,
): typeof fetch {
	const send = async (
		target: string | URL | Request,
		init: RequestInit = {},
	): Promise<Response> => {
		const body = encodeBody(init.body);
		const headers = new Headers(init.headers);
		headers.set("content-length", String(body.size));
		if (body.type !== "") headers.set("content-type", body.type);
		const url = new URL(target instanceof Request ? target.url : target);
		const { request } = url.protocol === "http:" ? http : https;
		const outgoing = request(url, {
			method: init.method ?? "POST",
			headers: Object.fromEntries(headers),
			...(init.signal ? { signal: init.signal } : {}),
		});
		const answer = await exchange(outgoing, body, limits);
		onAnswer(answer);
		const contentType = answer.contentType ?? "text/plain";
		return new Response(answer.body, {
			status: answer.status,
			headers: { "content-type": contentType },
		});
	};
	// The client looks here for the Response that goes with this fetch, instead of trying it out.
	return Object.assign(send, { Response }) as typeof fetch;
}

async function exchange(
	outgoing: http.ClientRequest,
	body: Blob,
	limits: HttpLimits,
): Promise<HttpAnswer> {
	const idle = watchIdle(limits.idleTimeoutMs, () => outgoing.destroy());
	const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
		outgoing.once("response", resolve);
		outgoing.on("error", reject);
	});
	const progress = new Transform({
		transform(chunk, _encoding, done) {
			idle.touch();
			done(null, chunk);
		},
	});
	// How sending ends is not awaited: a service may answer before it has read everything and cut
	// the upload, which must not hide its answer. A failure without an answer reaches `answered`.
	pipeline(Readable.fromWeb(body.stream() as ReadableStream), progress, outgoing).then(
		// From here on the service thinks, for as long as the whole request is allowed to take.
		() => idle.rest(),
		() => {},
	);
	try {
		const response = await answered;
		return await readAnswer(response, idle, limits.maxAnswerBytes);
	} catch (error) {
		throw idle.failure() ?? error;
	} finally {
		idle.end();
		outgoing.destroy();
	}
}

type IdleWatch = {
	touch(): void;
	/** Silence is fine until the next touch. */
	rest(): void;
	end(): void;
	failure(): OnwaxError | null;
};

function watchIdle(timeoutMs: number, onIdle: () => void): IdleWatch {
	let failure: OnwaxError | null = null;
	let ended = false;
	let timer: NodeJS.Timeout | undefined;
	const rest = () => clearTimeout(timer);
	const touch = () => {
		rest();
		if (ended) return;
		timer = setTimeout(() => {
			const message = `The connection stood still for ${timeoutMs / 1000} s.`;
			failure = new OnwaxError("ERR_ENGINE_TIMEOUT", message, { retryable: true });
			onIdle();
		}, timeoutMs);
	};
	touch();
	const end = () => {
		ended = true;
		rest();
	};
	return { touch, rest, end, failure: () => failure };
}

async function readAnswer(
	response: http.IncomingMessage,
	idle: IdleWatch,
	maxBytes: number,
): Promise<HttpAnswer> {
	const chunks: Buffer[] = [];
	let sizeBytes = 0;
	idle.touch();
	for await (const chunk of response as AsyncIterable<Buffer>) {
		idle.touch();
		sizeBytes += chunk.length;
		if (sizeBytes > maxBytes)
			throw new OnwaxError("ERR_ENGINE_OUTPUT", `The service answered over ${maxBytes} bytes.`);
		chunks.push(chunk);
	}
	return {
		status: response.statusCode ?? 0,
		contentType: response.headers["content-type"] ?? null,
		retryAfter: response.headers["retry-after"] ?? null,
		body: Buffer.concat(chunks).toString("utf8"),
	};
}

/** A text as it is; a form as multipart/form-data (RFC 7578): its size is known, its files stay on disk. */
function encodeBody(body: RequestInit["body"]): Blob {
	if (typeof body === "string") return new Blob([body]);
	if (!(body instanceof FormData)) throw new TypeError("httpFetch sends forms and texts only");
	const boundary = `onwax-${crypto.randomUUID()}`;
	const quote = (text: string) => text.replace(/["\r\n]/g, (found) => encodeURIComponent(found));
	const parts: (string | Blob)[] = [];
	for (const [name, value] of body) {
		const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(name)}"`;
		if (typeof value === "string") parts.push(`${head}\r\n\r\n${value}\r\n`);
		else
			parts.push(
				`${head}; filename="${quote(value.name)}"\r\nContent-Type: ${value.type || "application/octet-stream"}\r\n\r\n`,
				value,
				"\r\n",
			);
	}
	parts.push(`--${boundary}--\r\n`);
	return new Blob(parts, { type: `multipart/form-data; boundary=${boundary}` });
}
