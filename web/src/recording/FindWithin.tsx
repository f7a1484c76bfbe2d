import { type RefObject, useEffect, useMemo, useState } from "react";
import { IconButton } from "../design/Button.tsx";
import { TextField } from "../design/TextField.tsx";
import styles from "./FindWithin.module.css";
import { type Found, findIn, rangeOf } from "./find.ts";
import type { Paragraph } from "./paragraphs.ts";

/** Looks for words in this text alone. What is found is marked without touching the text's elements. */
export function FindWithin({
	paragraphs,
	container,
	sought,
	onClose,
}: {
	paragraphs: readonly Paragraph[];
	container: RefObject<HTMLElement | null>;
	/** What is looked for already. */
	sought: string;
	onClose: () => void;
}) {
	const [query, setQuery] = useState(sought);
	const [place, setPlace] = useState(0);
	const found = useMemo(() => findIn(paragraphs, query), [paragraphs, query]);
	const index = found.length === 0 ? -1 : place % found.length;

	useEffect(() => {
		const all = new Highlight();
		const current = new Highlight();
		for (const [at, one] of found.entries()) {
			const range = rangeIn(container.current, one);
			if (range === null) continue;
			(at === index ? current : all).add(range);
			if (at === index) bringIntoSight(range.startContainer.parentElement);
		}
		CSS.highlights.set("found", all);
		CSS.highlights.set("found-now", current);
		return () => {
			CSS.highlights.delete("found");
			CSS.highlights.delete("found-now");
		};
	}, [found, index, container]);
	const step = (by: number) => {
		if (found.length > 0) setPlace((index + by + found.length) % found.length);
	};
	return (
		<search
			className={styles.find}
			onKeyDown={(event) => {
				if (event.key === "Escape") onClose();
			}}
		>
			<TextField
				label="Find in this text"
				hideLabel
				type="search"
				placeholder="Find in this text"
				value={query}
				onChange={(next) => {
					setQuery(next);
					setPlace(0);
				}}
				onSubmit={() => step(1)}
				autoFocus={sought === ""}
			/>
			<p className={styles.count} role="status">
				{query.trim() === ""
					? ""
					: found.length === 0
						? "Not found"
						: `${index + 1} of ${found.length}`}
			</p>
			<IconButton label="The one before" icon="left" onPress={() => step(-1)} />
			<IconButton label="The next one" icon="right" onPress={() => step(1)} />
			<IconButton label="Close" icon="close" onPress={onClose} />
		</search>
	);
}

/** Twice: what was far away has its true height only once it was near. */
function bringIntoSight(element: HTMLElement | null): void {
	element?.scrollIntoView({ block: "center" });
	requestAnimationFrame(() => element?.scrollIntoView({ block: "center" }));
}

function rangeIn(container: HTMLElement | null, found: Found): Range | null {
	const element = container?.querySelector(`[data-said="${found.paragraph}"]`);
	return element ? rangeOf(element, found) : null;
}
