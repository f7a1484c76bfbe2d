import { isIP } from "node:net";
import type { Logger } from "../logger.ts";
import { type KeptSession, openSessionsFile } from "./access-file.ts";
import { digestOf, newId, newSecret } from "./secret.ts";

/** Where somebody comes from, as the request says. */
export type From = { address: string; agent: string | null };

/** All about a session but its secret. Times are ISO 8601. */
export type Session = Omit<KeptSession, "secretSha256">;

export type Sessions = {
	/** @param from who comes with it; null: it is only looked whether it is good */
	find(secret: string, from: From | null): Promise<Session | null>;
	begin(by: Session["by"], from: From | null, expiresAt: Date): Promise<[string, Session]>;
	/** Those that are good, the newest first; of those used here `lastSeenAt` is exact, else to the hour. */
	list(): Promise<Session[]>;
	/**
	 * Here at once, whatever the disk says; in other processes and for good when this resolves.
	 *
	 * @returns those that it ended
	 */
	end(which: (session: KeptSession) => boolean): Promise<Session[]>;
	/** Resolves when nothing is being written any more. */
	close(): Promise<void>;
};

const hourMs = 3_600_000;
const mostSessions = 1000;
const longestAgent = 200;
const longestAddress = 100;

/** Who is signed in, as it is kept in `folder`. */
export function openSessions({
	folder,
	log,
	now,
}: {
	folder: string;
	log: Logger;
	now: () => Date;
}): Sessions {
	const file = openSessionsFile(folder);
	/** Of this process alone: the disk would not take them. */
	const unkept = new Map<string, KeptSession>();
	/** By their digests; the disk may not know it yet. */
	const ended = new Set<string>();
	/** What is known here and not yet on disk, by the session's id. */
	const seen = new Map<string, Seen>();
	let writing: Promise<unknown> = Promise.resolve();

	const isGood = ({ expiresAt, secretSha256 }: KeptSession) =>
		Date.parse(expiresAt) > now().getTime() && !ended.has(secretSha256);

	async function all(): Promise<KeptSession[]> {
		const kept = (await file.readNow()).value?.sessions ?? [];
		return [...kept, ...unkept.values()];
	}

	function note(session: KeptSession, from: From): void {
		const { id, lastSeenAt } = session;
		const before = seen.get(id)?.lastSeenAt ?? lastSeenAt;
		const is = seenAt(from, now());
		seen.set(id, is);
		// A file is not written for every request.
		if (before !== null && hourOf(before) === hourOf(is.lastSeenAt)) return;
		const kept = { ...is, lastSeenAt: hourOf(is.lastSeenAt) };
		writing = writing.then(() =>
			file
				.change((file) => ({
					...file,
					sessions: file.sessions.map((one) => (one.id === id ? { ...one, ...kept } : one)),
				}))
				.catch((error: unknown) => {
					log.warn({ error: String(error) }, "when a session was used could not be written down");
				}),
		);
	}

	function seenAt({ address, agent }: From, at: Date): Seen {
		const shown = agent?.replace(/[^\x20-\x7e]/g, "").slice(0, longestAgent) || null;
		// A proxy hands on what it was told: whatever is no address must not stand in everybody's file.
		const isAddress = address.length <= longestAddress && isIP(address) !== 0;
		const known = isAddress ? address : null;
		return { address: known, agent: shown, lastSeenAt: at.toISOString() };
	}

	return {
		async find(secret, from) {
			const digest = digestOf(secret);
			const find = (sessions: readonly KeptSession[] | undefined) =>
				sessions?.find(({ secretSha256 }) => secretSha256 === digest);
			const session =
				find((await file.read()).value?.sessions) ??
				find((await file.readNow()).value?.sessions) ??
				unkept.get(digest);
			if (session === undefined || !isGood(session)) return null;
			if (from !== null) note(session, from);
			return withoutSecret(session);
		},
		async begin(by, from, expiresAt) {
			const secret = newSecret();
			const createdAt = now();
			const nobody = { address: null, agent: null, lastSeenAt: null };
			const is = from === null ? nobody : seenAt(from, createdAt);
			const session: KeptSession = {
				...{ id: newId(), by, ...is },
				createdAt: createdAt.toISOString(),
				expiresAt: expiresAt.toISOString(),
				secretSha256: digestOf(secret),
			};
			try {
				await file.change((before) => ({
					...before,
					sessions: [...before.sessions.filter(isGood), session].slice(-mostSessions),
				}));
			} catch (error) {
				// On a full disk people come in to make room: a restart will sign them out, that is all.
				log.warn({ error: String(error) }, "a session could not be written down");
				unkept.set(session.secretSha256, session);
			}
			return [secret, withoutSecret(session)];
		},
		async list() {
			return (await all())
				.filter(isGood)
				.map((session) => ({ ...withoutSecret(session), ...seen.get(session.id) }))
				.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
		},
		async end(which) {
			const doomed = (await all()).filter((one) => isGood(one) && which(one));
			for (const { id, secretSha256 } of doomed) {
				ended.add(secretSha256);
				unkept.delete(secretSha256);
				seen.delete(id);
			}
			await file.change((before) => {
				const sessions = before.sessions.filter((one) => !which(one));
				return sessions.length === before.sessions.length ? before : { ...before, sessions };
			});
			return doomed.map(withoutSecret);
		},
		async close() {
			await writing;
		},
	};
}

type Seen = { address: string | null; agent: string | null; lastSeenAt: string };

function hourOf(time: string): string {
	return new Date(Math.floor(Date.parse(time) / hourMs) * hourMs).toISOString();
}

function withoutSecret({ secretSha256: _, ...session }: KeptSession): Session {
	return session;
}
