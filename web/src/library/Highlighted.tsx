import styles from "./RecordingRow.module.css";

/** Only ever text: what was said in a recording cannot become a part of the page. */
export function Highlighted({
	text,
	highlights,
}: {
	text: string;
	/** UTF-16 offsets, rising: `[start, end)`. */
	highlights: readonly (readonly [number, number])[];
}) {
	const parts: { from: number; text: string; isMarked: boolean }[] = [];
	let at = 0;
	for (const [start, end] of highlights) {
		if (start < at || end <= start) continue;
		parts.push({ from: at, text: text.slice(at, start), isMarked: false });
		parts.push({ from: start, text: text.slice(start, end), isMarked: true });
		at = end;
	}
	parts.push({ from: at, text: text.slice(at), isMarked: false });
	return (
		<>
			{parts.map((part) =>
				part.isMarked ? (
					<mark key={`m${part.from}`} className={styles.mark}>
						{part.text}
					</mark>
				) : (
					<span key={part.from}>{part.text}</span>
				),
			)}
		</>
	);
}
