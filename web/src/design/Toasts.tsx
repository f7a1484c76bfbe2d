import { useEffect, useState, useSyncExternalStore } from "react";
import { messageOf } from "../api/client.ts";
import { Button, IconButton } from "./Button.tsx";
import styles from "./Toasts.module.css";
import { dismissToast, onToasts, type ShownToast, shownToasts, showToast } from "./toast.ts";

/** Stands once in the shell. */
export function Toasts() {
	const toasts = useSyncExternalStore(onToasts, shownToasts);
	return (
		<section className={styles.toasts} aria-label="Notices">
			<div role="status" aria-live="polite">
				{toasts.map((toast) => (
					<Toast key={toast.id} toast={toast} />
				))}
			</div>
		</section>
	);
}

const standsMs = 8_000;

function Toast({ toast: { id, text, tone, action } }: { toast: ShownToast }) {
	// Whoever points at it or has the focus in it is reading, or about to press.
	const [isHeld, setHeld] = useState(false);
	useEffect(() => {
		if (isHeld || tone === "bad") return;
		const timer = setTimeout(() => dismissToast(id), standsMs);
		return () => clearTimeout(timer);
	}, [id, isHeld, tone]);
	const run = async () => {
		dismissToast(id);
		try {
			await action?.run();
		} catch (error) {
			showToast({ text: messageOf(error), tone: "bad" });
		}
	};
	return (
		// biome-ignore lint/a11y/noStaticElementInteractions: only keeps it from going away
		<div
			className={`${styles.toast} ${tone === "bad" ? styles.bad : ""}`}
			onPointerEnter={() => setHeld(true)}
			onPointerLeave={() => setHeld(false)}
			onFocus={() => setHeld(true)}
			onBlur={() => setHeld(false)}
		>
			<p>{text}</p>
			{action && (
				<span className={styles.action}>
					<Button kind="quiet" onPress={run}>
						{action.label ?? "Undo"}
					</Button>
				</span>
			)}
			<IconButton label="Close this notice" icon="close" onPress={() => dismissToast(id)} />
		</div>
	);
}
