import { useEffect } from "react";
import { leaveToOthers, useKeys } from "../shell/keys.ts";
import { type Player, rates } from "./player.ts";

/** What keys do on this page, besides those that work everywhere. */
export function usePlayerKeys(player: Player): void {
	useKeys({
		ArrowLeft: () => player.jumpBy(-5),
		ArrowRight: () => player.jumpBy(5),
		"Shift+ARROWLEFT": () => player.jumpBy(-30),
		"Shift+ARROWRIGHT": () => player.jumpBy(30),
		"[": () => stepRate(player, -1),
		"]": () => stepRate(player, 1),
		s: () => player.setSkipsSilence(!player.state().skipsSilence),
		// Goes to another page.
		"g s": leaveToOthers,
	});
	// Space presses the button that has the focus; only elsewhere it plays.
	useEffect(() => {
		const onKeyDown = (event: KeyboardEvent) => {
			if (event.key !== " " || event.defaultPrevented || event.ctrlKey || event.metaKey) return;
			const target = event.target instanceof Element ? event.target : null;
			const uses =
				"button, a, input, textarea, select, summary, [role=slider], [role=menu], [role=dialog]";
			if (target?.closest(uses)) return;
			event.preventDefault();
			player.toggle();
		};
		addEventListener("keydown", onKeyDown);
		return () => removeEventListener("keydown", onKeyDown);
	}, [player]);
}

/** The next speed of the list, from whatever it is now. */
export function stepRate(player: Player, by: 1 | -1): void {
	const { rate } = player.state();
	const next =
		by === 1 ? rates.find((one) => one > rate) : rates.toReversed().find((one) => one < rate);
	if (next !== undefined) player.setRate(next);
}
