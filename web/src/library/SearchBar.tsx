import { useEffect, useRef, useState } from "react";
import { IconButton } from "../design/Button.tsx";
import { Icon } from "../design/icons.tsx";
import { Kbd } from "../design/Kbd.tsx";
import styles from "./SearchBar.module.css";
import { holdSearchField } from "./search-field.ts";

const pauseMs = 60;

/** Asks while it is typed, shortly after each letter. */
export function SearchBar({ q, onChange }: { q: string; onChange: (q: string) => void }) {
	const [typed, setTyped] = useState(q);
	const asked = useRef(q);
	// The address changed by itself: somebody went back.
	useEffect(() => {
		if (q !== asked.current) {
			asked.current = q;
			setTyped(q);
		}
	}, [q]);
	useEffect(() => {
		if (typed === asked.current) return;
		const ask = () => {
			asked.current = typed;
			onChange(typed);
		};
		const timer = setTimeout(ask, pauseMs);
		return () => clearTimeout(timer);
	}, [typed, onChange]);
	return (
		<search className={styles.search}>
			<Icon name="search" />
			<input
				ref={holdSearchField}
				type="search"
				className={styles.field}
				aria-label="Search in all recordings"
				placeholder="Search every word that was said"
				value={typed}
				autoComplete="off"
				spellCheck={false}
				enterKeyHint="search"
				onChange={({ target }) => setTyped(target.value)}
				onKeyDown={(event) => {
					if (event.key === "Escape") {
						if (typed === "") event.currentTarget.blur();
						else setTyped("");
						event.preventDefault();
					} else if (event.key === "ArrowDown" || event.key === "Enter") {
						const first = document.querySelector<HTMLElement>('[data-index="0"] a');
						if (first === null || event.nativeEvent.isComposing) return;
						event.preventDefault();
						first.focus();
					}
				}}
			/>
			{typed === "" ? (
				<span className={styles.hint} aria-hidden="true">
					<Kbd keys="/" />
				</span>
			) : (
				<IconButton label="Clear the search" icon="close" onPress={() => setTyped("")} />
			)}
		</search>
	);
}
