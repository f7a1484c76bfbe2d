import { availableParallelism } from "node:os";
import type { RequestLimits } from "../processes/conversation.ts";
import { siblingUrl } from "../processes/sibling-url.ts";
import { openWarmChildren, type WarmChildren } from "../processes/warm-children.ts";
import { speechFailures } from "./failures.ts";
import type { Loading, SpeechRequest } from "./requests.ts";
import type { ActivityTrack, Recognised, SpeakerTurn, Speech } from "./speech.ts";

export type SpeechOptions = {
	/** A process that had nothing to do for so long is ended; 60 by default. */
	idleSeconds?: number;
	/** A detector that says nothing for so long is taken to hang; 20 by default. */
	stallSeconds?: number;
};

/** Recognitions that one process works on at once; callers ask for fewer. */
const mostAtOnce = 16;

/** Nothing is started before it is first needed. */
export function openSpeech(options: SpeechOptions = {}): Speech {
	const idleMs = (options.idleSeconds ?? 60) * 1000;
	const stallMs = (options.stallSeconds ?? 20) * 1000;
	const open = (count: number, places: number, idleMs: number) =>
		openWarmChildren({
			program: {
				script: siblingUrl("child", import.meta.url),
				nodeOptions: ["--max-semi-space-size=1", "--expose-gc"],
				// Recognitions wait in these threads, and so do the reads of files.
				environment: { UV_THREADPOOL_SIZE: String(mostAtOnce + 4) },
				maxRssBytes: null,
			},
			...{ count, places, idleMs },
		});
	const detectors = open(Math.min(2, availableParallelism()), 1, idleMs);
	const diarisers = open(1, 1, Math.min(idleMs, diariserIdleMs));
	/** By what they have loaded. */
	const recognisers = new Map<string, WarmChildren>();
	const all = () => [...recognisers.values(), detectors, diarisers];

	const recogniserFor = (loading: Loading): WarmChildren => {
		const key = JSON.stringify(loading);
		const known = recognisers.get(key);
		if (known) return known;
		// Models are large: one that nobody uses makes room.
		for (const [other, children] of recognisers) {
			if (!children.isIdle()) continue;
			recognisers.delete(other);
			void children.close();
		}
		const opened = open(1, mostAtOnce, idleMs);
		recognisers.set(key, opened);
		return opened;
	};

	const ask = (
		children: WarmChildren,
		request: SpeechRequest,
		limits: RequestLimits,
		signal: AbortSignal,
	) => children.ask(request, { signal, limits, failures: speechFailures(request) });

	return {
		listen: async (wavPath, { signal }) => {
			const limits = { stallMs, ...detectorTime };
			return (await ask(detectors, { verb: "listen", wavPath }, limits, signal)) as ActivityTrack;
		},
		recognise: async (model, wavPath, { threads, language, setting, vocabulary, ...rest }) => {
			const hotWords = model.files.bpeVocab === undefined ? [] : vocabulary;
			const canBeTold = model.family === "whisper" || model.family === "sense-voice";
			const loading = {
				...{ model, threads, forHotWords: hotWords.length > 0 },
				language: canBeTold ? language : null,
			};
			const request = { verb: "recognise", wavPath, loading, setting, hotWords } as const;
			const baseMs = rest.timeoutSeconds * 1000;
			const limits = { stallMs: null, baseMs, msPerAudioSecond: 0, mostAudioSeconds: 0 };
			const children = recogniserFor(loading);
			return (await ask(children, request, limits, rest.signal)) as Recognised;
		},
		diarise: async (models, wavPath, { count, signal }) => {
			const request = { verb: "diarise", wavPath, models, count } as const;
			return (await ask(diarisers, request, diariserTime, signal)) as SpeakerTurn[];
		},
		pids: () => all().flatMap((children) => children.pids()),
		close: async () => {
			await Promise.all(all().map((children) => children.close()));
		},
	};
}

/** Real time is some hundred times what it takes. */
const detectorTime = {
	baseMs: 60_000,
	msPerAudioSecond: 500,
	mostAudioSeconds: Number.POSITIVE_INFINITY,
};

/** Whole recordings were in its memory, and a recording has its speakers told apart once. */
const diariserIdleMs = 5000;

/** Silent while it works, and on a small machine not much faster than real time. */
const diariserTime = {
	stallMs: null,
	baseMs: 600_000,
	msPerAudioSecond: 4000,
	mostAudioSeconds: Number.POSITIVE_INFINITY,
};
