import { defaultRangeExtractor, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { formatDay } from "../design/format.ts";
import { useKeys } from "../shell/keys.ts";
import { rememberedPlace, rememberPlace } from "./place.ts";
import styles from "./RecordingList.module.css";
import { RecordingRow } from "./RecordingRow.tsx";
import type { Row } from "./rows.ts";
import type { Selection } from "./selection.ts";

const usualRowPx = 96;
/** So many rows before its end the next page is asked for. */
const ahead = 30;

export function RecordingList({
	rows,
	place,
	selection,
	onRetry,
	onTrash,
	hasMore,
	onMore,
	isByDay,
}: {
	rows: Row[];
	/** What is shown, to come back to the same row of it. */
	place: string;
	selection: Selection;
	onRetry: (name: string) => void;
	onTrash: (names: string[]) => void;
	hasMore: boolean;
	onMore: () => void;
	/** Hits of a search stand one after the other, whatever day they are of. */
	isByDay: boolean;
}) {
	const [, navigate] = useLocation();
	const list = useRef<HTMLUListElement>(null);
	const [top, setTop] = useState(0);
	const [current, setCurrent] = useState(-1);
	const [before] = useState(() => rememberedPlace(place));
	const virtualizer = useWindowVirtualizer({
		count: rows.length,
		estimateSize: () => usualRowPx,
		overscan: 10,
		scrollMargin: top,
		getItemKey: (index) => rows[index]?.recording.name ?? index,
		initialMeasurementsCache: before?.measurements ?? [],
		initialOffset: before?.scrollY ?? 0,
		// The row with the focus stays where it is, however far the page is scrolled.
		rangeExtractor: (range) => {
			const indexes = defaultRangeExtractor(range);
			if (current < 0 || current >= range.count || indexes.includes(current)) return indexes;
			return [...indexes, current].sort((a, b) => a - b);
		},
	});
	useLayoutEffect(() => {
		const now = list.current;
		if (now !== null) setTop(Math.round(now.getBoundingClientRect().top + scrollY));
	});
	const latest = useRef(virtualizer);
	latest.current = virtualizer;
	useLayoutEffect(() => {
		if (before) scrollTo(0, before.scrollY);
		let scrolledTo = scrollY;
		const onScroll = () => {
			scrolledTo = scrollY;
		};
		addEventListener("scroll", onScroll, { passive: true });
		return () => {
			removeEventListener("scroll", onScroll);
			rememberPlace(place, {
				scrollY: scrolledTo,
				measurements: latest.current.takeSnapshot(),
			});
		};
	}, [before, place]);

	const items = virtualizer.getVirtualItems();
	const lastShown = items.at(-1)?.index ?? 0;
	useEffect(() => {
		if (hasMore && lastShown >= rows.length - ahead) onMore();
	}, [hasMore, lastShown, rows.length, onMore]);

	const go = (index: number) => {
		if (rows.length === 0) return;
		const next = Math.max(0, Math.min(rows.length - 1, index));
		setCurrent(next);
		virtualizer.scrollToIndex(next, { align: "auto" });
		// It may have to be drawn first.
		requestAnimationFrame(() => focusRow(list.current, next));
	};
	const isInList = () => list.current?.contains(document.activeElement) ?? false;
	const openCurrent = () => {
		const name = rows[current]?.recording.name;
		if (name !== undefined) navigate(`/recordings/${encodeURIComponent(name)}`);
	};
	const acted = () => {
		const name = rows[current]?.recording.name;
		if (selection.names.size > 0) return [...selection.names];
		return name !== undefined && isInList() ? [name] : [];
	};
	useKeys({
		j: () => go(current + 1),
		k: () => go(Math.max(0, current) - 1),
		ArrowDown: () => (isInList() ? go(current + 1) : scrollBy({ top: 60 })),
		ArrowUp: () => (isInList() ? go(current - 1) : scrollBy({ top: -60 })),
		o: openCurrent,
		x: () => selection.toggle(current, false),
		"Shift+X": () => selection.toggle(current, true),
		"#": () => {
			const names = acted();
			if (names.length > 0) onTrash(names);
		},
	});
	const onFocus = useCallback((index: number) => setCurrent(index), []);

	return (
		<ul
			ref={list}
			aria-label="Recordings"
			className={styles.list}
			style={{ height: virtualizer.getTotalSize() }}
		>
			{items.map(({ key, index, start }) => {
				const row = rows[index];
				if (row === undefined) return null;
				const day = formatDay(row.recording.createdAt);
				const dayBefore = rows[index - 1]?.recording.createdAt;
				const isNewDay = isByDay && (dayBefore === undefined || formatDay(dayBefore) !== day);
				return (
					<li
						key={key}
						aria-setsize={hasMore ? -1 : rows.length}
						aria-posinset={index + 1}
						data-index={index}
						ref={virtualizer.measureElement}
						className={styles.item}
						style={{ transform: `translateY(${start - top}px)` }}
					>
						{isNewDay && <h2 className={styles.day}>{day}</h2>}
						<RecordingRow
							recording={row.recording}
							found={row.found}
							index={index}
							isSelected={selection.names.has(row.recording.name)}
							onToggle={selection.toggle}
							onRetry={onRetry}
							onFocus={onFocus}
						/>
					</li>
				);
			})}
		</ul>
	);
}

function focusRow(list: HTMLElement | null, index: number): void {
	list?.querySelector<HTMLElement>(`[data-index="${index}"] a`)?.focus({ preventScroll: true });
}
