import { keepHere, readKept } from "./kept-here.ts";
import { type Span, skipFrom } from "./silences.ts";

export type PlayerState = {
	isPlaying: boolean;
	/** Waits for audio that is still on its way. */
	isWaiting: boolean;
	rate: number;
	skipsSilence: boolean;
	/** What the browser said when the audio could not be played; null while it can. */
	trouble: string | null;
};

/**
 * One audio element and who wants to know about it. Its position changes sixty times a second: that
 * goes past React, to those who subscribe to it.
 */
export type Player = {
	attach(audio: HTMLAudioElement | null): void;
	/** Where the audio is; another address is gone on with at the same place. */
	load(url: string): void;
	state(): PlayerState;
	onState(listener: () => void): () => void;
	seconds(): number;
	/** Called with every frame while it plays, and once for every jump. */
	onSeconds(listener: (seconds: number) => void): () => void;
	/** Called when a person jumped: what follows the sound may take the lead again. */
	onJump(listener: (seconds: number) => void): () => void;
	play(): void;
	pause(): void;
	toggle(): void;
	jumpTo(seconds: number): void;
	jumpBy(seconds: number): void;
	setRate(rate: number): void;
	setSkipsSilence(skips: boolean): void;
	setSilences(silences: readonly Span[]): void;
	setDuration(seconds: number | null): void;
};

export const rates = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

const keptRate = "onwax.player.rate";
const keptSkips = "onwax.player.skips-silence";

export function createPlayer(): Player {
	let audio: HTMLAudioElement | null = null;
	let silences: readonly Span[] = [];
	let duration: number | null = null;
	let url = "";
	let playsOn = false;
	/** Where it is to begin once there is something to play. */
	let wantedSeconds = 0;
	let frame = 0;
	let state: PlayerState = {
		isPlaying: false,
		isWaiting: false,
		rate: readRate(),
		skipsSilence: readKept(keptSkips) === "yes",
		trouble: null,
	};
	const stateListeners = new Set<() => void>();
	const secondsListeners = new Set<(seconds: number) => void>();
	const jumpListeners = new Set<(seconds: number) => void>();
	const seconds = () =>
		audio === null || audio.readyState === 0 ? wantedSeconds : audio.currentTime;
	const put = (change: Partial<PlayerState>) => {
		state = { ...state, ...change };
		for (const listener of stateListeners) listener();
	};
	const tell = () => {
		const now = seconds();
		for (const listener of secondsListeners) listener(now);
	};
	const everyFrame = () => {
		frame = 0;
		if (audio === null || audio.paused) return;
		if (state.skipsSilence && !audio.seeking) {
			const to = skipFrom(silences, audio.currentTime);
			if (to !== null && to < audio.duration) audio.currentTime = to;
		}
		tell();
		frame = requestAnimationFrame(everyFrame);
	};
	const apply = () => {
		if (audio === null) return;
		audio.preservesPitch = true;
		audio.playbackRate = state.rate;
	};
	const events: Record<string, () => void> = {
		play: () => {
			put({ isPlaying: true, trouble: null });
			if (frame === 0) frame = requestAnimationFrame(everyFrame);
		},
		pause: () => {
			put({ isPlaying: false, isWaiting: false });
			tell();
		},
		waiting: () => put({ isWaiting: true }),
		playing: () => put({ isWaiting: false }),
		canplay: () => put({ isWaiting: false }),
		seeked: tell,
		loadedmetadata: () => {
			apply();
			if (audio !== null && wantedSeconds > 0) audio.currentTime = wantedSeconds;
			if (playsOn) player.play();
			playsOn = false;
		},
		error: () => {
			const reasons = ["", "", "The audio did not come through.", "The audio cannot be decoded."];
			const code = audio?.error?.code ?? 0;
			put({
				isPlaying: false,
				isWaiting: false,
				trouble: reasons[code] || "This browser cannot play this kind of audio.",
			});
		},
	};
	const player: Player = {
		attach(next) {
			if (audio === next) return;
			if (audio !== null) {
				for (const [type, listener] of Object.entries(events))
					audio.removeEventListener(type, listener);
			}
			audio = next;
			url = "";
			if (audio === null) return;
			for (const [type, listener] of Object.entries(events)) audio.addEventListener(type, listener);
			apply();
		},
		load(next) {
			if (audio === null || url === next) return;
			wantedSeconds = seconds();
			playsOn = !audio.paused;
			url = next;
			audio.src = next;
		},
		state: () => state,
		onState: (listener) => subscribe(stateListeners, listener),
		seconds,
		onSeconds: (listener) => subscribe(secondsListeners, listener),
		onJump: (listener) => subscribe(jumpListeners, listener),
		play() {
			audio?.play().catch((error: unknown) => {
				// A jump or a pause that comes first is no trouble; what cannot be played tells by `error`.
				if (error instanceof DOMException && error.name === "NotAllowedError") {
					put({ trouble: "The browser wants a click before it plays." });
				}
			});
		},
		pause: () => audio?.pause(),
		toggle: () => (audio?.paused === false ? player.pause() : player.play()),
		jumpTo(to) {
			const end = duration ?? Number.POSITIVE_INFINITY;
			wantedSeconds = Math.max(0, Math.min(to, end));
			if (audio !== null && audio.readyState > 0) audio.currentTime = wantedSeconds;
			for (const listener of secondsListeners) listener(wantedSeconds);
			for (const listener of jumpListeners) listener(wantedSeconds);
		},
		jumpBy: (by) => player.jumpTo(seconds() + by),
		setRate(rate) {
			const nearest = Math.max(0.5, Math.min(3, rate));
			keepHere(keptRate, String(nearest));
			put({ rate: nearest });
			apply();
		},
		setSkipsSilence(skips) {
			keepHere(keptSkips, skips ? "yes" : "no");
			put({ skipsSilence: skips });
		},
		setSilences(next) {
			silences = next;
		},
		setDuration(next) {
			duration = next;
		},
	};
	return player;
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}

function readRate(): number {
	const kept = Number(readKept(keptRate));
	return kept >= 0.5 && kept <= 3 ? kept : 1;
}
