/// <reference lib="webworker" />
import { finishRecording, type Held } from "./finish-recording.ts";
import { withLock } from "./lock.ts";
import type { FromWorker, LocalRecording, ToWorker } from "./messages.ts";
import { openStore, otherStores } from "./open-store.ts";
import { openRecording, type RunningRecording } from "./running-recording.ts";
import { shareProgress } from "./share-progress.ts";
import type { SpoolStore } from "./spool.ts";

declare const self: DedicatedWorkerGlobalScope;

const tell = (message: FromWorker) => self.postMessage(message);
const others = shareProgress((recording) => {
	// What this tab holds itself it knows better.
	if (held.has(recording.id)) return;
	tell({ type: "changed", recording });
	// Should its tab die, this one finishes it.
	if (recording.phase === "elsewhere" && !followed.has(recording.id)) obey({ type: "look" });
});
const changed = (recording: LocalRecording) => {
	tell({ type: "changed", recording });
	others.tell(recording);
};

const held = new Map<string, Held>();
/** Recordings whose lock this tab holds or waits for. */
const followed = new Set<string>();
/** The recording that this tab makes; the last one may still be on its way up. */
let running: { id: string; recording: Promise<RunningRecording> } | null = null;
let store: Promise<SpoolStore> | null = null;

function theStore(): Promise<SpoolStore> {
	store ??= openStore();
	return store;
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => obey(data);
self.addEventListener("online", () => poke(false));

function obey(message: ToWorker): void {
	void act(message).catch((error: unknown) =>
		failed(null, `This browser could not do that: ${inWords(error)}`),
	);
}

function failed(id: string | null, message: string, hint: string | null = null): void {
	tell({ type: "failed", id, message, hint });
}

function inWords(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

async function act(message: ToWorker): Promise<void> {
	switch (message.type) {
		case "begin":
			return begin(message);
		case "pause":
			return (await running?.recording)?.pause();
		case "resume":
			return (await running?.recording)?.resume();
		case "stop":
			return (await running?.recording)?.stop(null);
		case "title":
			return (await running?.recording)?.entitle(message.title);
		case "device":
			if (running?.id !== message.id) return;
			return (await running.recording).device(message.change, message.label);
		case "look":
			return look();
		case "poke":
			return poke(message.isWish);
		case "save": {
			const file = await held.get(message.id)?.spool.file();
			if (file) tell({ type: "file", id: message.id, file });
			return;
		}
		case "forget":
			return held.get(message.id)?.forget();
	}
}

function poke(isWish: boolean): void {
	for (const one of held.values()) one.poke(isWish);
}

async function begin(message: ToWorker & { type: "begin" }): Promise<void> {
	const { id, samples, title, sampleRate, channels } = message;
	const startedAt = new Date();
	followed.add(id);
	const opening = Promise.withResolvers<RunningRecording>();
	running = { id, recording: opening.promise };
	let hasBegun = false;
	try {
		// The lock comes before the recording: no other tab may take it for one that was left behind.
		await withLock(id, async () => {
			const recording = await openRecording(await theStore(), {
				...{ id, startedAt, samples, title, sampleRate, channels, changed },
				level: (level) => tell({ type: "level", ...level }),
				notice: (of, notice) => tell({ type: "notice", id: of, notice }),
				held: (one) => held.set(id, one),
			});
			hasBegun = true;
			opening.resolve(recording);
			await recording.over;
		});
	} catch (error) {
		opening.promise.catch(() => {});
		opening.reject(error);
		samples.close();
		if (hasBegun) notFinished(id, error);
		else failed(id, `This browser could not begin to record: ${inWords(error)}`);
	} finally {
		if (running?.id === id) running = null;
		held.delete(id);
		followed.delete(id);
	}
}

async function look(): Promise<void> {
	for (const spools of [await theStore(), ...(await otherStores(await theStore()))])
		for (const id of await spools.ids()) follow(spools, id);
}

function follow(spools: SpoolStore, id: string): void {
	if (followed.has(id)) return;
	followed.add(id);
	void withLock(id, () => takeUp(spools, id))
		.catch((error: unknown) => notFinished(id, error))
		.finally(() => {
			held.delete(id);
			followed.delete(id);
		});
}

function notFinished(id: string, error: unknown): void {
	failed(
		id,
		`A recording in this browser could not be brought to its end: ${inWords(error)}`,
		"It is kept. Close other windows of Onwax, and open this page again.",
	);
}

async function takeUp(spools: SpoolStore, id: string): Promise<void> {
	const spool = await spools.open(id);
	if (spool === null) {
		// Nothing of it reached the disk but its name, or another tab has finished it.
		if ((await spools.ids()).includes(id)) await spools.remove(id);
		tell({ type: "gone", id });
		return;
	}
	if (spool.journal.state === "recording") await spool.note({ state: "cut" }).catch(() => {});
	await finishRecording(spools, spool, {
		...{ changed, endedBecause: null },
		held: (one) => held.set(id, one),
	});
}
