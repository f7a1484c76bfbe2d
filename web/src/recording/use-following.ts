import { useEffect, useMemo, useRef, useState } from "react";
import type { Paragraph } from "./paragraphs.ts";
import type { Player } from "./player.ts";
import { useSeconds } from "./use-player.ts";
import { lastBegun, wordAt, wordTimesOf } from "./word-times.ts";

/** Keys that move the page: whoever uses them wants to read somewhere else. */
const movingKeys = new Set(["PageUp", "PageDown", "Home", "End"]);

/**
 * Marks what is heard now (`data-now` on the word, and on its paragraph where there are no words) and
 * keeps it in sight, until the person scrolls: then the page stays where it is.
 */
export function useFollowing(
	player: Player,
	paragraphs: readonly Paragraph[],
	isSearched: boolean,
) {
	const [isFollowing, setFollowing] = useState(true);
	const following = useRef(true);
	const now = useRef<HTMLElement | null>(null);
	const times = useMemo(() => wordTimesOf(paragraphs), [paragraphs]);
	const starts = useMemo(() => paragraphs.map(({ startSeconds }) => startSeconds), [paragraphs]);
	const follow = (does: boolean) => {
		following.current = does;
		setFollowing(does);
	};

	useSeconds(player, (seconds) => {
		// Before anybody listened there is no place to mark.
		const isUnheard = seconds === 0 && !player.state().isPlaying;
		const word = isUnheard ? -1 : wordAt(times, seconds);
		const element =
			word !== -1 ? document.getElementById(`w${word}`) : isUnheard ? null : plainAt(seconds);
		if (element === now.current && element?.isConnected !== false) return;
		now.current?.removeAttribute("data-now");
		now.current = element;
		element?.setAttribute("data-now", "");
		if (element && following.current && player.state().isPlaying) bringIntoSight(element);
	});
	/** A paragraph whose words have no times, but which has some itself. */
	function plainAt(seconds: number): HTMLElement | null {
		const index = lastBegun(starts, seconds);
		const paragraph = paragraphs[index];
		if (!paragraph || paragraph.pieces.length > 0) return null;
		const { startSeconds, endSeconds } = paragraph;
		if (endSeconds <= startSeconds || seconds > endSeconds + 1) return null;
		return document.querySelector<HTMLElement>(`[data-said="${index}"]`);
	}

	useEffect(() => {
		if (!isSearched) return;
		following.current = false;
		setFollowing(false);
	}, [isSearched]);
	useEffect(() => {
		const giveWay = () => {
			if (!following.current || !player.state().isPlaying) return;
			following.current = false;
			setFollowing(false);
		};
		const onKey = ({ key, target }: KeyboardEvent) => {
			const isTyping =
				target instanceof Element && target.closest("input, textarea, [role=slider]");
			if (!isTyping && movingKeys.has(key)) giveWay();
		};
		const stop = player.onJump(() => {
			following.current = true;
			setFollowing(true);
		});
		window.addEventListener("wheel", giveWay, { passive: true });
		window.addEventListener("touchmove", giveWay, { passive: true });
		window.addEventListener("keydown", onKey);
		return () => {
			stop();
			window.removeEventListener("wheel", giveWay);
			window.removeEventListener("touchmove", giveWay);
			window.removeEventListener("keydown", onKey);
		};
	}, [player]);

	return {
		isFollowing,
		followAgain: () => {
			follow(true);
			if (now.current) bringIntoSight(now.current);
		},
	};
}

/** Only where it left the middle of the page: text that moves with every line cannot be read. */
function bringIntoSight(element: HTMLElement): void {
	const { top, bottom } = element.getBoundingClientRect();
	if (top > window.innerHeight * 0.22 && bottom < window.innerHeight * 0.72) return;
	// A way of many pages is nothing to look at.
	const isFar = top < -window.innerHeight || bottom > 2 * window.innerHeight;
	const isCalm = isFar || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
	element.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
}
