import http, { type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import https from "node:https";
import { OnwaxError } from "../errors.ts";
import { shownAddress } from "./address.ts";
import { connectionError, cutOff, stalled } from "./download-error.ts";

export type GetOptions = {
	headers: Record<string, string>;
	/** No byte for this long, while one is waited for: the other side is gone. */
	idleTimeoutMs: number;
	signal: AbortSignal;
};

export type Answer = {
	status: number;
	headers: IncomingHttpHeaders;
	/**
	 * What follows the head, as it comes. Throws where the connection ends before the length that was
	 * announced, stalls, or is aborted (the signal's reason).
	 */
	body: AsyncGenerator<Buffer>;
	/** To be called when nothing more of it is wanted. */
	close(): void;
};

const mostRedirects = 5;

/**
 * One GET over node:http, with redirects followed (a release is a redirect to a store that signs its
 * addresses for minutes, so each attempt begins at the first address again). From https never to http:
 * nobody on the way may swap the file for another one.
 */
export async function get(address: string, options: GetOptions): Promise<Answer> {
	let here = address;
	for (let redirects = 0; ; redirects += 1) {
		const response = await ask(here, options);
		const status = response.statusCode ?? 0;
		const { location } = response.headers;
		if (status < 300 || status > 399 || status === 304 || location === undefined) {
			const body = bodyOf(response, here, options);
			return { status, headers: response.headers, body, close: () => response.destroy() };
		}
		response.destroy();
		here = redirected(here, location, redirects);
	}
}

/** Where a redirect leads, or why it is not followed. */
export function redirected(from: string, location: string, redirects: number): string {
	const to = URL.canParse(location, from) ? new URL(location, from) : null;
	const refuse = (why: string) =>
		new OnwaxError("ERR_ENGINE_REJECTED", `${shownAddress(from)} ${why}.`, {
			hint: "Nothing was kept. Try again later, or set ONWAX_MODEL_MIRROR to another place.",
		});
	if (redirects >= mostRedirects) throw refuse("leads from one address to the next without end");
	if (to === null || (to.protocol !== "https:" && to.protocol !== "http:")) {
		throw refuse("leads to an address that cannot be followed");
	}
	if (from.startsWith("https:") && to.protocol !== "https:") {
		throw refuse("leads to an address without encryption, which is not followed");
	}
	return to.href;
}

function ask(address: string, options: GetOptions): Promise<IncomingMessage> {
	const url = new URL(address);
	const { request } = url.protocol === "http:" ? http : https;
	const outgoing = request(url, {
		headers: {
			"user-agent": "onwax",
			// Lengths and ranges are of the file itself, not of some compressed form of it.
			"accept-encoding": "identity",
			connection: "close",
			...options.headers,
		},
		signal: options.signal,
	});
	const answered = new Promise<IncomingMessage>((resolve, reject) => {
		outgoing.once("response", resolve);
		outgoing.on("error", reject);
		outgoing.end();
	});
	return unlessIdle(answered, address, options, () => outgoing.destroy());
}

/** So much is taken in before the reader asks for it. */
const aheadBytes = 2 ** 20;

/**
 * The body by its events, listened to from the first moment: Node's own iterator throws away what it
 * holds when the connection is cut, and that would have to be sent again.
 */
function bodyOf(
	response: IncomingMessage,
	address: string,
	options: GetOptions,
): AsyncGenerator<Buffer> {
	const chunks: Buffer[] = [];
	let heldBytes = 0;
	let ending: { error: unknown } | null = null;
	let wake = () => {};
	const end = (error: unknown) => {
		ending ??= { error };
		wake();
	};
	response.on("data", (chunk: Buffer) => {
		chunks.push(chunk);
		heldBytes += chunk.length;
		if (heldBytes >= aheadBytes) response.pause();
		wake();
	});
	response.on("end", () => end(null));
	response.on("error", end);
	response.on("close", () => end(cutOff(address)));

	async function* read(): AsyncGenerator<Buffer> {
		for (;;) {
			options.signal.throwIfAborted();
			const chunk = chunks.shift();
			if (chunk !== undefined) {
				heldBytes -= chunk.length;
				yield chunk;
			} else if (ending === null) {
				response.resume();
				const more = new Promise<void>((resolve) => {
					wake = resolve;
				});
				// Only waiting for the other side is timed, not what the reader does with the bytes.
				await unlessIdle(more, address, options, () => response.destroy());
			} else if (ending.error === null) return;
			else throw connectionError(ending.error, address);
		}
	}
	return read();
}

async function unlessIdle<T>(
	waiting: Promise<T>,
	address: string,
	{ idleTimeoutMs, signal }: GetOptions,
	giveUp: () => void,
): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const idle = new Promise<never>((_resolve, reject) => {
		timer = setTimeout(() => {
			reject(stalled(address, idleTimeoutMs));
			giveUp();
		}, idleTimeoutMs);
	});
	// Whichever of the two comes second has nobody left to tell.
	waiting.catch(() => undefined);
	try {
		return await Promise.race([waiting, idle]);
	} catch (error) {
		signal.throwIfAborted();
		throw connectionError(error, address);
	} finally {
		clearTimeout(timer);
	}
}
