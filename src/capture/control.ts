import { rename, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Notice, Snapshot, StopReason } from "./capture.ts";
import { newControlAddress, removeDeadSockets } from "./control-address.ts";
import {
	type Announcement,
	type Answer,
	controlFilename,
	linesOf,
	parseRequest,
	type Request,
	type WatchEvent,
} from "./control-protocol.ts";

/** What of a recorder can be asked and told from another process. */
export type Controllable = {
	snapshot(): Snapshot;
	pause(): Promise<void>;
	resume(): Promise<void>;
	stop(reason: StopReason): void;
	/** Resolves once nothing is left to write. */
	readonly sealed: Promise<{ reason: StopReason }>;
};

export type Control = {
	readonly address: string;
	/** Hands a notice on to those who watch. */
	tell(notice: Notice): void;
	/**
	 * Takes the announcement back and says goodbye to those who are connected; what they were owed
	 * is on its way. Waits for nobody.
	 */
	close(): Promise<void>;
};

const longestRequestBytes = 4096;
/** Each of these costs something for as long as it stays. */
const mostWatchers = 16;
/** Beyond this the one that has been silent longest goes, for whoever comes may want to end the recording. */
const mostClients = 128;
/** A client has this long for its first request, and between two. */
const patienceMs = 30_000;
/** What a client that does not read may leave lying in memory. */
const mostUnreadBytes = 256 * 1024;

type Client = {
	socket: Socket;
	/** Something it asked for is being done. */
	busy: boolean;
	send(value: Answer | WatchEvent): void;
};

/**
 * Lets other processes of this user ask and tell a recorder (control-protocol.ts), and announces
 * where in `control.json` in its writer's folder: the capture has none before there is something to
 * keep. Nothing that comes in can harm the recording: requests, clients and their patience are
 * bounded, and none of it keeps the process alive. Those who watch are limited, never those who have
 * something to say. What killed recorders left among the sockets is removed.
 *
 * @throws the system error as it came, where no socket can be made; the recording does not need one
 */
export async function serveControl(
	recorder: Controllable,
	place: { folder: string; runtimeFolder: string },
): Promise<Control> {
	const address = newControlAddress(place.runtimeFolder);
	const clients = new Set<Client>();
	const watchers = new Set<Client>();
	let closed = false;
	let endedFor: StopReason | null = null;
	recorder.sealed.then(
		({ reason }) => {
			endedFor = reason;
		},
		// Its owner is told why; here it is enough that it did not end well.
		() => {},
	);

	const server = createServer((socket) => {
		const client = clientOf(socket);
		clients.add(client);
		if (clients.size > mostClients) idlest()?.socket.destroy();
		socket.on("close", () => {
			clients.delete(client);
			watchers.delete(client);
		});
		void serve(client);
	});
	await listen(server, address);
	server.unref();
	void removeDeadSockets(place.runtimeFolder);
	try {
		await announce(place.folder, {
			address,
			pid: process.pid,
			startedAt: recorder.snapshot().startedAt,
		});
	} catch (error) {
		server.close();
		throw error;
	}

	/** They stand in the order in which they spoke last; null where something is being done for each. */
	function idlest(): Client | null {
		for (const client of clients) if (!client.busy && !watchers.has(client)) return client;
		return null;
	}

	async function serve(client: Client): Promise<void> {
		const { socket } = client;
		try {
			const watchMs = await answerAll(client);
			if (watchMs === null) socket.end();
			else watch(client, watchMs);
		} catch (error) {
			// A client that broke off in the middle is gone, and nobody is there to be told.
			if (error instanceof RangeError) {
				client.send(refusal(new OnwaxError("ERR_USAGE", "That line is too long.")));
			}
			socket.destroySoon();
		}
	}

	/** Answers until it has no more to ask, or wants to watch; then how often. */
	async function answerAll(client: Client): Promise<number | null> {
		for await (const line of linesOf(client.socket, longestRequestBytes)) {
			const request = parseRequest(line);
			if (typeof request === "string") client.send(refusal(new OnwaxError("ERR_USAGE", request)));
			else if (request.do !== "watch") await answer(client, request.do);
			else if (watchers.size < mostWatchers) return request.everyMs;
			else client.send(refusal(tooManyWatch()));
		}
		return null;
	}

	async function answer(client: Client, verb: Exclude<Request["do"], "watch">): Promise<void> {
		client.busy = true;
		// One that is gone already is not to come back.
		if (clients.delete(client)) clients.add(client);
		try {
			let reason: StopReason | null = null;
			if (verb === "pause") await recorder.pause();
			if (verb === "resume") await recorder.resume();
			if (verb === "stop") {
				client.socket.setTimeout(0);
				client.send({ heard: true });
				recorder.stop("asked");
				({ reason } = await recorder.sealed);
			}
			client.send({ capture: recorder.snapshot(), reason });
		} catch (error) {
			client.send(refusal(toOnwaxError(error)));
		} finally {
			client.busy = false;
		}
	}

	function watch(client: Client, everyMs: number): void {
		client.socket.setTimeout(0);
		// What else it says is read and forgotten: else its going away would not be seen.
		client.socket.resume();
		watchers.add(client);
		const look = () => client.send({ event: "snapshot", ...recorder.snapshot() });
		look();
		const timer = setInterval(look, everyMs);
		timer.unref();
		client.socket.on("close", () => clearInterval(timer));
	}

	return {
		address,
		tell(notice) {
			for (const watcher of watchers) watcher.send({ event: "notice", ...notice });
		},
		async close() {
			if (closed) return;
			closed = true;
			server.close();
			// Whoever waits for the same promise as the caller did is answered first.
			await new Promise((next) => setImmediate(next));
			for (const watcher of watchers) {
				if (endedFor === null) continue;
				watcher.send({ event: "stopped", reason: endedFor, ...recorder.snapshot() });
			}
			for (const { socket } of clients) socket.destroySoon();
			// On a disk that has become read-only it stays, and refuses whoever asks; what the caller has to say
			// about that disk must not be lost for it.
			await rm(join(place.folder, controlFilename), { force: true }).catch(() => undefined);
		},
	};
}

function clientOf(socket: Socket): Client {
	socket.unref();
	socket.setTimeout(patienceMs, () => socket.destroy());
	socket.on("error", () => {});
	return {
		socket,
		busy: false,
		send(value) {
			if (!socket.writable) return;
			socket.write(`${JSON.stringify(value)}\n`);
			if (socket.writableLength > mostUnreadBytes) socket.destroy();
		},
	};
}

function refusal(error: OnwaxError): Answer {
	const { code, message, hint } = error;
	return { error: { code, message, hint } };
}

function tooManyWatch(): OnwaxError {
	const message = `${mostWatchers} others watch this recording already.`;
	return new OnwaxError("ERR_LIBRARY_BUSY", message, { retryable: true });
}

function listen(server: Server, address: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(address, () => {
			server.off("error", reject);
			// Too many open files, say: those who knock have to come back.
			server.on("error", () => {});
			resolve();
		});
	});
}

/** Whole or not at all. Not synced: after a power cut there is nobody to be found. */
async function announce(folder: string, announcement: Announcement): Promise<void> {
	const path = join(folder, controlFilename);
	const part = `${path}.part`;
	await writeFile(part, `${JSON.stringify(announcement)}\n`, { mode: 0o600 });
	await rename(part, path);
}
