import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

/** By their tokens: a job whose lease ran out may be handed to the same process once more. */
export type HeartbeatMessage = { keep: { id: number; token: string } } | { drop: string };
export type HeartbeatReply = { lostToken: string };

const { cataloguePath, leaseSeconds } = workerData as {
	cataloguePath: string;
	leaseSeconds: number;
};

// Plain SQL on a connection of its own: this thread must start fast and do nothing else.
const database = new DatabaseSync(cataloguePath, { timeout: 5000 });
const prolong = database.prepare(
	"UPDATE jobs SET lease_until = unixepoch('subsec') + ? WHERE id = ? AND token = ?",
);
const look = database.prepare("SELECT 1 FROM jobs WHERE id = ? AND token = ?");
/** The job's id by its token. */
const held = new Map<string, number>();

/** Work for a recording that was trashed is not to go on: it may cost money. A look costs nothing. */
const lookEveryMs = 2000;

parentPort?.on("message", (message: HeartbeatMessage) => {
	if ("keep" in message) held.set(message.keep.token, message.keep.id);
	else held.delete(message.drop);
});

const beatEveryMs = (leaseSeconds * 1000) / 3;
every(beatEveryMs, (id, token) => prolong.run(leaseSeconds, id, token).changes === 1);
if (beatEveryMs > lookEveryMs) every(lookEveryMs, (id, token) => look.get(id, token) !== undefined);

function every(pauseMs: number, isHeld: (id: number, token: string) => boolean): void {
	setInterval(() => {
		for (const [token, id] of held) {
			if (holds(isHeld, id, token)) continue;
			held.delete(token);
			parentPort?.postMessage({ lostToken: token } satisfies HeartbeatReply);
		}
	}, pauseMs);
}

function holds(isHeld: (id: number, token: string) => boolean, id: number, token: string): boolean {
	try {
		return isHeld(id, token);
	} catch {
		// Busy for five seconds, or a full disk: two more beats fit into the lease.
		return true;
	}
}
