import type { Waited } from "../../app/wait-for-text.ts";

/** Often enough for whatever stands in between not to think that nobody is there. */
const beatMs = 10_000;
const wordsAtOnce = 8;

/**
 * A transcript as server-sent events, in OpenAI's words: the text piece by piece once it is there,
 * then all of it. Until then comments keep the connection alive.
 *
 * @param failure the event for a wait that ended without a text
 */
export async function* streamAnswer(
	waiting: Promise<Waited>,
	doneEvent: (text: string, waited: Waited & { kind: "text" }) => object,
	failure: (waited: Exclude<Waited, { kind: "text" }>) => object,
): AsyncGenerator<string> {
	yield ": kept\n\n";
	const waited = await (yield* beating(waiting));
	if (waited.kind !== "text") {
		yield event(failure(waited));
		return;
	}
	const text = waited.recording.transcript?.text ?? "";
	for (const delta of text.match(pieces) ?? [])
		yield event({ type: "transcript.text.delta", delta });
	yield event(doneEvent(text, waited));
}

const pieces = new RegExp(`\\s*(?:\\S+\\s*){1,${wordsAtOnce}}`, "g");

async function* beating<T>(waiting: Promise<T>): AsyncGenerator<string, T> {
	for (;;) {
		let timer: NodeJS.Timeout | undefined;
		const beat = new Promise<"beat">((resolve) => {
			timer = setTimeout(() => resolve("beat"), beatMs);
		});
		const first = await Promise.race([waiting.then((value) => ({ value })), beat]);
		clearTimeout(timer);
		if (first !== "beat") return first.value;
		yield ": waiting\n\n";
	}
}

function event(data: object): string {
	return `data: ${JSON.stringify(data)}\n\n`;
}
