import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";

export type HeartbeatMessage = { keep: { id: number; token: string } } | { drop: number };
export type HeartbeatReply = { lostId: number };

const { cataloguePath, leaseSeconds } = workerData as {
	cataloguePath: string;
	leaseSeconds: number;
};

// Plain SQL on a connection of its own: this thread must start fast and do nothing else.
const database = new DatabaseSync(cataloguePath, { timeout: 5000 });
const prolong = database.prepare(
	"UPDATE jobs SET lease_until = unixepoch('subsec') + ? WHERE id = ? AND token = ?",
);
const held = new Map<number, string>();

parentPort?.on("message", (message: HeartbeatMessage) => {
	if ("keep" in message) held.set(message.keep.id, message.keep.token);
	else held.delete(message.drop);
});

setInterval(
	() => {
		for (const [id, token] of held) {
			if (beat(id, token)) continue;
			held.delete(id);
			parentPort?.postMessage({ lostId: id } satisfies HeartbeatReply);
		}
	},
	(leaseSeconds * 1000) / 3,
);

function beat(id: number, token: string): boolean {
	try {
		return prolong.run(leaseSeconds, id, token).changes === 1;
	} catch {
		// Busy for five seconds, or a full disk: two more beats fit into the lease.
		return true;
	}
}
