import type { RecordingFormat } from "../../../src/server/contract/recording-format.ts";
import { sharedNowMs } from "./shared-clock.ts";
import type { SoundSource, SourceEvents } from "./sound-source.ts";
import type { FromTrackWorker, ToTrackWorker } from "./track-worker.ts";

declare class MediaStreamTrackProcessor {
	constructor(about: { track: MediaStreamTrack; maxBufferSize: number });
	readonly readable: ReadableStream<AudioData>;
}

/** Chromium's pieces are 10 ms long: so the reader may stand still for about a minute. */
const maxBufferSize = 6000;
/** The service worker gives its own copy after four seconds. */
const loadMs = 6000;
/** A reader that does not answer keeps nobody's microphone open. */
const lastBlockMs = 10_000;

/**
 * By the track's own pieces, which the browser keeps until they are read: nothing is lost where page or computer stand
 * still. Null: this browser gives a page no such thing for sound (Firefox, Safari).
 *
 * @param stream to find out what the browser can do with it; it is not attached
 */
export async function openTrackSource(
	format: RecordingFormat,
	stream: MediaStream,
	told: SourceEvents,
): Promise<SoundSource | null> {
	if (!canRead(stream)) return null;
	const worker = await loadWorker();
	if (worker === null) return null;
	const send = (message: ToTrackWorker, transfer: Transferable[] = []) =>
		worker.postMessage(message, transfer);
	let done = () => {};
	worker.onmessage = ({ data }: MessageEvent<FromTrackWorker>) => {
		if (data === "done") done();
		else if (data === "failed") told.failed();
	};
	const { port1, port2 } = new MessageChannel();
	send({ type: "begin", samples: port1, format }, [port1]);
	return {
		samples: port2,
		sampleRate: format.sampleRate,
		attach(from) {
			const { readable } = read(from);
			send({ type: "track", readable, atMs: sharedNowMs() }, [readable]);
		},
		// A track that has ended ends its stream.
		detach() {},
		muted: (isMuted) => send({ type: "muted", isMuted }),
		stop(released) {
			// A track that ends takes with it what has not been read.
			done = () => {
				clearTimeout(timer);
				released();
				worker.terminate();
			};
			const timer = setTimeout(done, lastBlockMs);
			send({ type: "stop", atMs: sharedNowMs() });
		},
	};
}

function read(stream: MediaStream): MediaStreamTrackProcessor {
	const [track] = stream.getAudioTracks();
	if (track === undefined) throw new Error("There is no sound in what the browser gave.");
	return new MediaStreamTrackProcessor({ track, maxBufferSize });
}

function canRead(stream: MediaStream): boolean {
	if (typeof MediaStreamTrackProcessor === "undefined") return false;
	try {
		void read(stream).readable.cancel();
		return true;
	} catch {
		return false;
	}
}

/** Null: it did not load; there is another way. */
function loadWorker(): Promise<Worker | null> {
	const worker = new Worker(new URL("./track-worker.ts", import.meta.url), { type: "module" });
	return new Promise((resolve) => {
		const give = (loaded: Worker | null) => {
			clearTimeout(timer);
			worker.onerror = null;
			if (loaded === null) worker.terminate();
			resolve(loaded);
		};
		const timer = setTimeout(give, loadMs, null);
		worker.onmessage = () => give(worker);
		worker.onerror = () => give(null);
	});
}
