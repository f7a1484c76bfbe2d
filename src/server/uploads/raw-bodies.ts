import type { FastifyReply, FastifyRequest } from "fastify";
import type { Server } from "../context.ts";

/** After an early answer, so much more is read and thrown away, so that the sender gets to see it. */
const lingerBytes = 16_000_000;
const lingerMs = 5000;

/** Leaves bodies alone in these routes: they are read from `request.raw`, as they come. */
export function takeRawBodies(server: Server): void {
	server.removeAllContentTypeParsers();
	server.addContentTypeParser("*", (_request, _payload, done) => done(null));
	server.addHook("onResponse", letGo);
}

/** A body that nobody wants any more does not keep its connection for ever. */
export async function letGo({ raw }: FastifyRequest, _reply: FastifyReply): Promise<void> {
	if (raw.complete || raw.destroyed) return;
	const { socket } = raw;
	const readBefore = socket.bytesRead;
	const until = performance.now() + lingerMs;
	raw.on("error", () => {});
	// A parser of forms that has given up would hold it back.
	raw.unpipe();
	raw.resume();
	const look = setInterval(() => {
		const isDone = raw.complete || socket.destroyed;
		const isTooMuch = socket.bytesRead - readBefore > lingerBytes || performance.now() > until;
		if (!isDone && isTooMuch) socket.destroy();
		if (isDone || isTooMuch) clearInterval(look);
	}, 100);
	look.unref();
}

/** The length that the request announces; null where it comes in chunks. */
export function announcedBytes({ headers }: FastifyRequest): number | null {
	const length = headers["content-length"];
	if (length !== undefined) return Number(length);
	return headers["transfer-encoding"] === undefined ? 0 : null;
}
