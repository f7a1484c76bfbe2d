import type { FastifyReply } from "fastify";

/**
 * Sends what is large and our own as it is: walking through a hundred thousand words once more, to see
 * whether they are words, would hold up everybody else.
 *
 * @returns what a handler may return whatever its schema says
 */
export function sendJson(reply: unknown, value: unknown): never {
	const sent = (reply as FastifyReply)
		.type("application/json; charset=utf-8")
		.send(JSON.stringify(value));
	return sent as never;
}
