import type { Waited } from "../../app/wait-for-text.ts";

/** Often enough for whatever stands in between not to think that nobody is there. */
const beatMs = 10_000;
const wordsAtOnce = 8;

/**
 * A transcript as server-sent events, in OpenAI's words: piece by piece as it is settled, then all of
 * it. Meanwhile comments keep the connection alive. Pieces make up the text, unless it turned out to
 * read another way than what was sent of it: then nothing follows but all of it.
 *
 * @param listen tells of the text as far as it is settled; returns what ends that
 * @param failure the event for a wait that ended without a text
 */
export async function* streamAnswer(
	waiting: Promise<Waited>,
	listen: (onHeard: (text: string) => void) => () => void,
	doneEvent: (text: string, waited: Waited & { kind: "text" }) => object,
	failure: (waited: Exclude<Waited, { kind: "text" }>) => object,
): AsyncGenerator<string> {
	let heard = "";
	let sent = "";
	let wake = () => {};
	const stop = listen((text) => {
		heard = text;
		wake();
	});
	const more = (text: string): string[] => {
		const fresh = text.startsWith(sent) ? text.slice(sent.length) : "";
		sent += fresh;
		return (fresh.match(pieces) ?? []).map((delta) =>
			event({ type: "transcript.text.delta", delta }),
		);
	};
	const ended = waiting.then((value) => ({ value }));
	try {
		yield ": kept\n\n";
		for (;;) {
			let timer: NodeJS.Timeout | undefined;
			const woken = new Promise<"heard">((resolve) => {
				wake = () => resolve("heard");
			});
			// Heard while the pieces before were being sent.
			if (heard.length > sent.length && heard.startsWith(sent)) wake();
			const beat = new Promise<"beat">((resolve) => {
				timer = setTimeout(() => resolve("beat"), beatMs);
			});
			const first = await Promise.race([ended, woken, beat]);
			clearTimeout(timer);
			if (first === "beat") yield ": waiting\n\n";
			else if (first === "heard") yield* more(heard);
			else {
				const waited = first.value;
				if (waited.kind !== "text") return yield event(failure(waited));
				const text = waited.recording.transcript?.text ?? "";
				yield* more(text);
				return yield event(doneEvent(text, waited));
			}
		}
	} finally {
		stop();
	}
}

const pieces = new RegExp(`\\s*(?:\\S+\\s*){1,${wordsAtOnce}}`, "g");

function event(data: object): string {
	return `data: ${JSON.stringify(data)}\n\n`;
}
