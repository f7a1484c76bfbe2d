import type { ChildProcess } from "node:child_process";
import { type ChildProgram, endChild, holdProgram, startChild } from "./child-process.ts";
import {
	type AskOptions,
	type Conversation,
	converse,
	type Death,
	interrupted,
	type Outcome,
} from "./conversation.ts";
import { type ChildMessage, memorySignal } from "./messages.ts";

export type WarmChildrenOptions = {
	program: ChildProgram;
	/** Children at once. */
	count: number;
	/** Requests that one child has in hand at once. */
	places: number;
	/** An idle child is ended after so long; null keeps it for as long as the program runs. */
	idleMs: number | null;
};

export type WarmChildren = {
	ask: (request: unknown, options: AskOptions) => Promise<unknown>;
	/** Process ids, the busy ones first; for tests and for `doctor`. */
	pids: () => number[];
	isIdle: () => boolean;
	/** Ends the children; work under way fails with ERR_INTERRUPTED. */
	close: () => Promise<void>;
};

type Member = {
	process: ChildProcess;
	conversations: Map<number, Conversation>;
	/** Places given away, also to who has not begun to talk yet. */
	taken: number;
	/** Nobody else is let in. */
	alone: boolean;
	answered: number;
	isReady: boolean;
	complaint: string;
	idleTimer: NodeJS.Timeout | null;
};

type Waiter = { fresh: boolean; resume: (member: Member | null) => void };

/**
 * A few warm children, started when first needed. An idle child does not keep the program alive.
 * Whoever crashes or hangs is killed, and the next request gets a new one. A request is asked a
 * second time, in a new child of its own, where the first one may have died of something else: of
 * an earlier request, or of one that it had in hand beside it.
 */
export function openWarmChildren(options: WarmChildrenOptions): WarmChildren {
	const { program, count, places, idleMs } = options;
	const members = new Set<Member>();
	const waiting: Waiter[] = [];
	let closed = false;
	let lastId = 0;

	const begin = (alone: boolean): Member => {
		const member: Member = {
			...{ process: startChild(program), conversations: new Map(), taken: 0, alone },
			...{ answered: 0, isReady: false, complaint: "", idleTimer: null },
		};
		member.process.on("message", (message: ChildMessage) => {
			if (message.kind !== "ready") return member.conversations.get(message.id)?.onMessage(message);
			member.isReady = true;
			for (const conversation of member.conversations.values()) conversation.onReady();
		});
		member.process.stderr?.on("data", (text: Buffer) => {
			member.complaint = (member.complaint + text.toString()).slice(-2000);
		});
		const onEnd = (exitCode: number | null, signal: NodeJS.Signals | null) => {
			const shared = member.conversations.size > 1;
			leave(member);
			const { complaint } = member;
			for (const conversation of member.conversations.values())
				conversation.onDeath({ exitCode, signal, complaint: complaint.trim(), shared });
		};
		member.process.on("exit", onEnd);
		member.process.on("error", () => onEnd(null, null));
		member.process.on("disconnect", () => members.delete(member));
		members.add(member);
		return member;
	};

	/** It takes no further request. */
	const leave = (member: Member) => {
		if (member.idleTimer) clearTimeout(member.idleTimer);
		members.delete(member);
		seat();
	};

	const find = (fresh: boolean): Member | null => {
		const usable = [...members].filter(
			(member) => !member.alone && member.taken < places && member.process.connected,
		);
		usable.sort((a, b) => b.taken - a.taken);
		if (!fresh) {
			// One that idles before a new one: it is warm.
			const idle = usable.find(({ taken }) => taken === 0);
			if (idle) return idle;
			return members.size < count ? begin(false) : (usable.at(-1) ?? null);
		}
		const idle = usable.find(({ taken }) => taken === 0);
		if (members.size >= count && idle === undefined) return null;
		if (idle) {
			members.delete(idle);
			idle.process.kill("SIGKILL");
		}
		return begin(true);
	};

	/** First come, first served: a request that wants a child of its own would starve otherwise. */
	const seat = () => {
		for (let next = waiting[0]; next && !closed; next = waiting[0]) {
			const member = find(next.fresh);
			if (member === null) return;
			waiting.shift();
			member.taken += 1;
			if (member.idleTimer) clearTimeout(member.idleTimer);
			member.idleTimer = null;
			holdProgram(member.process, true);
			next.resume(member);
		}
	};

	/** Null where the signal was aborted or everything closed before a place was free. */
	const acquire = (fresh: boolean, signal: AbortSignal | undefined): Promise<Member | null> =>
		new Promise((resolve) => {
			const onAbort = () => {
				const index = waiting.indexOf(waiter);
				if (index >= 0) waiting.splice(index, 1);
				resolve(null);
			};
			const resume = (member: Member | null) => {
				signal?.removeEventListener("abort", onAbort);
				resolve(member);
			};
			const waiter = { fresh, resume };
			signal?.addEventListener("abort", onAbort, { once: true });
			waiting.push(waiter);
			seat();
		});

	const release = (member: Member, { fit, rssBytes }: Outcome) => {
		member.taken -= 1;
		member.alone = false;
		if (fit) member.answered += 1;
		// Memory that native code did not give back would be held against the next file.
		const fat = program.maxRssBytes !== null && rssBytes >= program.maxRssBytes / 2;
		if (!fit || fat || closed || !member.process.connected) {
			members.delete(member);
			member.process.kill("SIGKILL");
		} else if (member.taken === 0) {
			holdProgram(member.process, false);
			if (idleMs !== null) {
				member.idleTimer = setTimeout(() => {
					members.delete(member);
					member.process.kill("SIGKILL");
				}, idleMs).unref();
			}
		}
		seat();
	};

	const attempt = async (request: unknown, fresh: boolean, ask: AskOptions) => {
		const member = await acquire(fresh, ask.signal);
		if (member === null || ask.signal?.aborted) {
			const unused = { result: null, error: null, fit: true, death: null, rssBytes: 0 };
			if (member) release(member, unused);
			throw interrupted(ask.signal?.reason ?? new Error("it is closed"));
		}
		const warm = member.answered > 0;
		const id = ++lastId;
		const conversation = converse(
			member.process,
			{ id, request },
			{ ...ask, isReady: member.isReady },
		);
		member.conversations.set(id, conversation);
		void conversation.over.then((outcome) => {
			member.conversations.delete(id);
			release(member, outcome);
		});
		const outcome = await conversation.outcome;
		// Native code cannot be called back; it is left alone only for the sake of others' requests.
		if (conversation.isAbandoned() && [...member.conversations.values()].every(isAbandoned)) {
			members.delete(member);
			member.process.kill("SIGKILL");
		}
		return { ...outcome, warm };
	};
	return {
		ask: async (request, ask) => {
			if (ask.signal?.aborted) throw interrupted(ask.signal.reason);
			if (closed) throw interrupted(new Error("it is closed"));
			let outcome = await attempt(request, false, ask);
			if (outcome.death && !closed && mayBeInnocent(outcome.death, outcome.warm)) {
				await ask.beforeRetry?.();
				outcome = await attempt(request, true, ask);
			}
			if (closed) throw interrupted(outcome.error);
			if (outcome.error !== null) throw outcome.error;
			return outcome.result;
		},
		pids: () => {
			const busyFirst = [...members].sort((a, b) => b.taken - a.taken);
			return busyFirst.flatMap((member) => member.process.pid ?? []);
		},
		isIdle: () => waiting.length === 0 && [...members].every(({ taken }) => taken === 0),
		close: async () => {
			closed = true;
			for (const waiter of waiting.splice(0)) waiter.resume(null);
			const all = [...members];
			members.clear();
			await Promise.all(all.map((member) => endChild(member.process)));
		},
	};
}

function isAbandoned(conversation: Conversation): boolean {
	return conversation.isAbandoned();
}

/** It was dying before this request came, or had others in hand that it may have died of. */
function mayBeInnocent(death: Death, warm: boolean): boolean {
	if (death.signal === memorySignal) return false;
	return death.shared || (warm && death.progress === null);
}
