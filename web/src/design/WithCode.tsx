/** Words as the service says them, in which what can be typed stands between backticks. */
export function WithCode({ children: text }: { children: string }) {
	const parts = text.split("`");
	// Without its pair a backtick is one.
	if (parts.length % 2 === 0) return text;
	let at = 0;
	return parts.map((part, index) => {
		const key = at;
		at += part.length + 1;
		return index % 2 === 0 ? part : <code key={key}>{part}</code>;
	});
}
