import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { OnwaxError } from "../errors.ts";
import type { Limits } from "./limits.ts";
import { addressKey } from "./rate-limit.ts";

type Watched = {
	/** Whose it is, for what one may have. */
	from: string;
	exchanges: { request: IncomingMessage; response: ServerResponse }[];
	/** What had gone each way when it was last seen to move, and when that was. */
	receivedBytes: number;
	sentBytes: number;
	movedAtMs: number;
};

export type Connections = {
	/**
	 * Ends event streams, which have no end of their own, and every connection that nothing is answered
	 * on, now and as soon as that is so: one that is kept for another request, or never had one, would
	 * hold up the end of the service.
	 */
	end(): void;
	/** Ends all there are, whatever they do. */
	cut(): void;
};

/**
 * Ends connections that stand still: half a body that never comes, a reply that nobody takes. An
 * upload may take hours as long as it moves. What waits for us (an engine that thinks, an event
 * stream without events, bytes that we have not read yet) is not the other side's fault, and stays.
 */
export function watchConnections(
	server: Server,
	limits: Pick<Limits, "idleSeconds" | "leastBytes" | "mostConnections" | "mostOfOneAddress">,
	isShared: (address: string) => boolean,
): Connections {
	const { idleSeconds, leastBytes, mostConnections, mostOfOneAddress } = limits;
	const idleMs = idleSeconds * 1000;
	const connections = new Map<Socket, Watched>();
	/** In the order in which they came to be without anything to do: the first waits longest. */
	const byAddress = new Map<string, Set<Socket>>();
	let isEnding = false;

	server.on("connection", (socket: Socket) => {
		const address = socket.remoteAddress ?? "";
		const from = addressKey(address);
		const own = byAddress.get(from) ?? new Set();
		const most = isShared(address)
			? Math.max(mostOfOneAddress, mostConnections - mostOfOneAddress)
			: mostOfOneAddress;
		// What only waits makes room: nobody fills the house by standing in the door.
		if (own.size >= most && !endIdle(own)) {
			socket.destroy();
			return;
		}
		byAddress.set(from, own.add(socket));
		connections.set(socket, {
			...{ from, exchanges: [], receivedBytes: 0, sentBytes: 0 },
			movedAtMs: performance.now(),
		});
		socket.once("close", () => forget(socket));
	});

	function endIdle(own: ReadonlySet<Socket>): boolean {
		for (const socket of own) {
			if (connections.get(socket)?.exchanges.length !== 0) continue;
			socket.destroy();
			forget(socket);
			return true;
		}
		return false;
	}

	function forget(socket: Socket): void {
		const from = connections.get(socket)?.from;
		connections.delete(socket);
		if (from === undefined) return;
		const own = byAddress.get(from);
		own?.delete(socket);
		if (own?.size === 0) byAddress.delete(from);
	}
	server.prependListener("request", (request: IncomingMessage, response: ServerResponse) => {
		const { socket } = request;
		const watched = connections.get(socket);
		if (watched === undefined) return;
		const exchange = { request, response };
		watched.exchanges.push(exchange);
		restart(socket, watched);
		response.once("close", () => {
			watched.exchanges = watched.exchanges.filter((one) => one !== exchange);
			const own = byAddress.get(watched.from);
			if (own?.delete(socket)) own.add(socket);
			if (isEnding && watched.exchanges.length === 0) socket.destroySoon();
		});
	});

	function restart(socket: Socket, watched: Watched): void {
		watched.receivedBytes = socket.bytesRead;
		watched.sentBytes = sentBy(socket);
		watched.movedAtMs = performance.now();
	}

	function look(): void {
		const nowMs = performance.now();
		for (const [socket, watched] of connections) {
			const owing = watched.exchanges.find(({ request }) => owesBody(request));
			const isFull = socket.writableLength > 0;
			const received = socket.bytesRead - watched.receivedBytes;
			const sent = sentBy(socket) - watched.sentBytes;
			const moves = received >= leastBytes || sent >= leastBytes;
			if (moves || (owing === undefined && !isFull)) restart(socket, watched);
			else if (nowMs - watched.movedAtMs >= idleMs) {
				const why = new OnwaxError("ERR_TIMEOUT", "The connection stood still for too long.", {
					retryable: true,
				});
				if (owing === undefined) socket.destroy();
				else owing.request.destroy(why);
			}
		}
	}

	const timer = setInterval(look, Math.max(20, Math.min(idleMs / 4, 5000)));
	timer.unref();
	server.once("close", () => clearInterval(timer));

	return {
		end() {
			isEnding = true;
			for (const [socket, { exchanges }] of connections) {
				if (exchanges.length === 0) socket.destroySoon();
				for (const { response } of exchanges) {
					if (!isEventStream(response)) continue;
					// Its route may still write a line to it before it sees the end.
					response.on("error", () => undefined);
					response.end();
				}
			}
		},
		cut() {
			for (const socket of connections.keys()) socket.destroy();
		},
	};
}

/** More of the request is to come, and we would take it. */
function owesBody(request: IncomingMessage): boolean {
	return !request.complete && !request.destroyed && request.readableLength === 0;
}

/** `bytesWritten` counts what only waits to be sent. */
function sentBy(socket: Socket): number {
	return socket.bytesWritten - socket.writableLength;
}

function isEventStream(response: ServerResponse): boolean {
	return (
		response.headersSent && /^text\/event-stream/.test(String(response.getHeader("content-type")))
	);
}
