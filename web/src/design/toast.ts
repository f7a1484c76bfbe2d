export type ToastContent = {
	text: string;
	tone?: "plain" | "bad";
	/** `Undo` where not said otherwise; it is offered as long as the toast stands. */
	action?: { label?: string; run: () => void | Promise<void> };
};
export type ShownToast = ToastContent & { id: number };

let shown: readonly ShownToast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function change(next: readonly ShownToast[]): void {
	shown = next;
	for (const listener of listeners) listener();
}

/** Says briefly what was done. What must be read before going on belongs into the page. */
export function showToast(content: ToastContent): number {
	lastId += 1;
	change([...shown.slice(-2), { ...content, id: lastId }]);
	return lastId;
}

export function dismissToast(id: number): void {
	change(shown.filter((toast) => toast.id !== id));
}

export function shownToasts(): readonly ShownToast[] {
	return shown;
}

export function onToasts(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}
