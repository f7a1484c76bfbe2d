import { useEffect, useRef } from "react";

/** What a key does: `j`, `?`, `Enter`, `Shift+X`, `Mod+k` (Ctrl, or ⌘), or one after another: `g l`. */
export type Keys = Record<string, (event: KeyboardEvent) => void>;

/** For the second key of two that mean something elsewhere, where it alone means something here. */
export const leaveToOthers = () => {};

const pauseMs = 1200;

/** Never while somebody types, and never behind a dialog or a menu. `Mod+…` works everywhere. */
export function useKeys(keys: Keys, isEnabled = true): void {
	const current = useRef(keys);
	current.current = keys;
	useEffect(() => {
		if (!isEnabled) return;
		let before: { key: string; at: number } | null = null;
		const onKeyDown = (event: KeyboardEvent) => {
			if (event.defaultPrevented || event.isComposing || event.altKey) return;
			const pressed = nameOf(event);
			if (pressed === null || (!pressed.startsWith("Mod+") && isElsewhere(event.target))) return;
			const isSoon = before !== null && event.timeStamp - before.at < pauseMs;
			const action =
				(isSoon && current.current[`${before?.key} ${pressed}`]) || current.current[pressed];
			before = { key: pressed, at: event.timeStamp };
			if (!action || action === leaveToOthers) return;
			before = null;
			event.preventDefault();
			action(event);
		};
		addEventListener("keydown", onKeyDown);
		return () => removeEventListener("keydown", onKeyDown);
	}, [isEnabled]);
}

function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string | null {
	if (["Control", "Shift", "Meta", "Alt"].includes(key)) return null;
	if (ctrlKey || metaKey) return shiftKey ? null : `Mod+${key.toLowerCase()}`;
	// A sign that needs Shift on this keyboard is that sign; a letter is the letter.
	if (shiftKey && (key.length > 1 || /^\p{L}$/u.test(key))) return `Shift+${key.toUpperCase()}`;
	return key;
}

function isElsewhere(target: EventTarget | null): boolean {
	if (!(target instanceof HTMLElement)) return false;
	if (target.isContentEditable) return true;
	if (target.closest("textarea, select, [role=dialog], [role=menu], [role=slider]")) return true;
	if (!(target instanceof HTMLInputElement)) return false;
	return !["checkbox", "radio", "button"].includes(target.type);
}
