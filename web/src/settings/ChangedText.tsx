import styles from "./ChangedText.module.css";
import { textChanges } from "./text-changes.ts";

const longestSame = 120;

/** A text with what goes struck through and what comes marked; only ever text, never markup. */
export function ChangedText({
	before,
	after,
	isShort = false,
}: {
	before: string;
	after: string;
	/** Leaves out what is far from every change. */
	isShort?: boolean;
}) {
	const changes = textChanges(before, after);
	let at = 0;
	return (
		<p className={styles.text}>
			{changes.map(({ kind, text }, index) => {
				at += text.length;
				const key = `${kind}${at}`;
				if (kind === "out") return <del key={key}>{text}</del>;
				if (kind === "in") return <ins key={key}>{text}</ins>;
				const shown = isShort ? cut(text, index === 0, index === changes.length - 1) : text;
				return <span key={key}>{shown}</span>;
			})}
		</p>
	);
}

/** The part next to a change: the end of the first stretch, the beginning of the last one. */
function cut(text: string, isFirst: boolean, isLast: boolean): string {
	if (text.length <= longestSame) return text;
	const letters = [...text];
	const half = longestSame / 2;
	const head = isFirst ? "" : letters.slice(0, half).join("");
	const tail = isLast ? "" : letters.slice(-half).join("");
	return `${head}…${tail}`;
}
