import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPlayer, type Player, type PlayerState } from "./player.ts";

/** One player for as long as the page shows this recording. */
export function usePlayer(): Player {
	const [player] = useState(createPlayer);
	return player;
}

export function usePlayerState(player: Player): PlayerState {
	return useSyncExternalStore(player.onState, player.state);
}

/** Called with every frame of playing, past React: what it does must be cheap. */
export function useSeconds(player: Player, onSeconds: (seconds: number) => void): void {
	const latest = useRef(onSeconds);
	useEffect(() => {
		latest.current = onSeconds;
		onSeconds(player.seconds());
	});
	useEffect(() => player.onSeconds((seconds) => latest.current(seconds)), [player]);
}
