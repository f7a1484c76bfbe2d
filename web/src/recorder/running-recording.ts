import { finishRecording, type Held, startUploading, type Uploading } from "./finish-recording.ts";
import { createGuard, type Notice } from "./guard.ts";
import { measure } from "./levels.ts";
import type { LocalRecording } from "./messages.ts";
import type { DeviceChange } from "./microphone.ts";
import { eventOf, mostEvents } from "./notice-events.ts";
import type { Spool, SpoolStore } from "./spool.ts";
import { bytesPerSample, wavHeader } from "./wav-header.ts";

/** How much a power cut takes at most, beyond what one sync needs. */
const syncMs = 250;
const tellMs = 200;
const tickMs = 500;
const roomMs = 5000;
/**
 * The last samples come a moment after the wish to stop. Nothing for so long, longer than a reader that stands
 * still is waited for: what should send them has died.
 */
const lastSamplesMs = 12_000;
/** Stays free, so that what is here can always be brought to its end. */
const reserveBytes = 10_000_000;

export type RunningRecording = {
	pause(): void;
	resume(): void;
	/** @param because null: its person wished so */
	stop(because: string | null): Promise<void>;
	entitle(title: string): Promise<void>;
	device(change: DeviceChange, label: string): void;
	/** The receipt was compared, and nothing of it is here any more. */
	over: Promise<void>;
};

/** A recording in progress: samples come in, and go to the disk before anything else. */
export async function openRecording(
	store: SpoolStore,
	about: {
		/** Its lock is held. */
		id: string;
		startedAt: Date;
		/** Where the blocks come from; null is the last one. */
		samples: MessagePort;
		title: string;
		sampleRate: number;
		channels: number;
		changed(recording: LocalRecording): void;
		level(level: { peakDbfs: number; swingDbfs: number; capturedSeconds: number }): void;
		notice(id: string, notice: Notice): void;
		held(held: Held): void;
	},
): Promise<RunningRecording> {
	const { id, sampleRate, channels, samples } = about;
	const bytesPerSecond = sampleRate * channels * bytesPerSample;
	const startedAt = about.startedAt.toISOString();
	const header = wavHeader({ sampleRate, channels, recordedAt: startedAt, name: id });
	const spool: Spool = await store.create(
		{
			...{ version: 1, id, title: about.title, startedAt, state: "recording" },
			...{ uploadUrl: null, uploadedTitle: null, mismatches: 0 },
		},
		header,
	);
	const guard = createGuard();
	let isPaused = false;
	let isEnding = false;
	/** A write failed: what comes after it would be in its place. */
	let isBroken = false;
	let durableBytes = spool.sizeBytes;
	const startedMs = performance.now();
	let syncedMs = startedMs;
	let toldMs = 0;
	/** One after the other: a database answers later. */
	let writing: Promise<void> = Promise.resolve();
	/** The last of them has come. */
	let isComplete = false;
	let arrived = () => {};

	const uploading: Uploading = startUploading(
		spool,
		() => durableBytes,
		() => tell(),
	);
	about.held({ spool, poke: uploading.poke, stop: () => {}, forget: () => {} });

	const seconds = () => (spool.sizeBytes - header.length) / bytesPerSecond;
	const tellAll = (notices: Notice[]) => {
		for (const notice of notices) {
			about.notice(id, notice);
			if (spool.events.length >= mostEvents) continue;
			const event = eventOf(notice, startedAt, performance.now() - startedMs);
			// Behind the sound that it speaks of; a note that cannot be kept was at least told.
			writing = writing.then(() => spool.noteEvent(event)).catch(() => {});
		}
	};
	const tell = (always = true) => {
		const at = performance.now();
		if (isEnding || (!always && at - toldMs < tellMs)) return;
		toldMs = at;
		about.changed({
			...{ id, startedAt, title: spool.journal.title, phase: isPaused ? "paused" : "recording" },
			...{ capturedSeconds: seconds(), onDiskBytes: durableBytes },
			uploadedBytes: uploading.uploadedBytes(),
			trouble: uploading.trouble(),
			...{ endedBecause: null, receipt: null },
		});
	};
	const write = async (bytes: Uint8Array<ArrayBuffer>) => {
		if (isBroken) return;
		await spool.append(bytes);
		if (performance.now() - syncedMs >= syncMs) await sync();
	};
	const sync = async () => {
		durableBytes = await spool.flush();
		syncedMs = performance.now();
	};
	const noMoreRoom = (error: unknown) => {
		isBroken = true;
		if (isEnding) return;
		const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
		const message = !isFull
			? `This browser could not write any more (${String(error)}): the recording ended here.`
			: seconds() > 0
				? "There is no more room in this browser: the recording ended here, and all of it is kept."
				: "There is no room in this browser: nothing can be recorded.";
		tellAll([
			{ kind: "disk-full", severity: "serious", message, phase: "happened", atSeconds: seconds() },
		]);
		void stop(message);
	};

	let ended: (work: Promise<void>) => void = () => {};
	const over = new Promise<void>((resolve) => {
		ended = resolve;
	});
	const stop = async (because: string | null) => {
		if (isEnding) return;
		tell();
		isEnding = true;
		for (const timer of timers) clearInterval(timer);
		if (because === null) {
			await new Promise<void>((resolve) => {
				let patience: ReturnType<typeof setTimeout> | undefined;
				// What comes late may be much.
				arrived = () => {
					clearTimeout(patience);
					if (isComplete) resolve();
					else patience = setTimeout(resolve, lastSamplesMs);
				};
				arrived();
			});
		}
		samples.close();
		await writing;
		ended(finish(because));
	};
	const finish = async (because: string | null) => {
		// A disk that is full may refuse this too; what is written then tells its state by itself.
		await spool.flush().catch(() => {});
		// From here on it is one and the same: what is hashed, what is sent, and what is compared.
		durableBytes = spool.sizeBytes;
		await spool.note({ state: "ended" }).catch(() => {});
		await finishRecording(store, spool, {
			...{ changed: about.changed, held: about.held, endedBecause: because },
			started: uploading,
		});
	};

	samples.onmessage = ({ data }: MessageEvent<Int16Array<ArrayBuffer> | null>) => {
		isComplete ||= data === null;
		arrived();
		if (data === null) return;
		if (!isPaused)
			writing = writing
				.then(() => write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)))
				.catch(noMoreRoom);
		const heard = measure(data, sampleRate, channels);
		about.level({
			...{ peakDbfs: heard.peakDbfs, swingDbfs: heard.swingDbfs },
			capturedSeconds: seconds(),
		});
		if (isPaused) return;
		tellAll(guard.arrived(heard, performance.now(), seconds()));
		tell(false);
	};
	const timers = [
		setInterval(() => {
			if (!isPaused) tellAll(guard.tick(performance.now(), Date.now(), seconds()));
		}, tickMs),
		setInterval(() => void look(), roomMs),
	];
	const look = async () => {
		const { quota, usage } = await estimate();
		if (quota === undefined || usage === undefined || isEnding) return;
		const left = quota - usage - reserveBytes;
		tellAll(guard.room(left / bytesPerSecond, seconds()));
		if (left <= 0) noMoreRoom(new DOMException("", "QuotaExceededError"));
	};

	tell();
	void look();
	return {
		over,
		stop,
		pause() {
			isPaused = true;
			tellAll(guard.paused(seconds()));
			writing = writing.then(sync).then(() => tell(), noMoreRoom);
			tell();
		},
		resume() {
			isPaused = false;
			tellAll(guard.resumed(seconds()));
			tell();
		},
		async entitle(title) {
			await spool.note({ title });
		},
		device(change, label) {
			const at = seconds();
			if (change === "gone") tellAll(guard.deviceGone(label, at));
			else if (change === "back") tellAll(guard.deviceBack(label, at));
			else if (change === "refused") tellAll(guard.refused(at));
			else if (change === "halted" || change === "running")
				tellAll(guard.halted(change === "halted", at));
			else tellAll(guard.muted(change === "muted", at));
		},
	};
}

/** What a browser does not tell keeps nothing from being recorded. */
async function estimate(): Promise<StorageEstimate> {
	try {
		return await navigator.storage.estimate();
	} catch {
		return {};
	}
}
