import assert from "node:assert/strict";
import { test } from "node:test";
import type { Waited } from "../../app/wait-for-text.ts";
import { streamAnswer } from "./stream-answer.ts";

type Event = { type: string; delta?: string; text?: string };

/** Streams while `heard` comes piece by piece, each one once what came before was sent. */
async function streamed(heard: readonly string[], text: string) {
	const { promise, resolve } = Promise.withResolvers<Waited>();
	let tell: (text: string) => void = () => {};
	let isEnded = false;
	const stream = streamAnswer(
		promise,
		(listener) => {
			tell = listener;
			return () => {
				isEnded = true;
			};
		},
		(text) => ({ type: "done", text }),
		() => ({ type: "failed" }),
	);
	const events: Event[] = [];
	const left = [...heard];
	const next = () => {
		const piece = left.shift();
		if (piece === undefined)
			resolve({ kind: "text", recording: { transcript: { text } } } as Waited);
		else tell(piece);
	};
	for await (const chunk of stream) {
		if (chunk.startsWith("data: ")) events.push(JSON.parse(chunk.slice(6)));
		next();
	}
	assert.ok(isEnded, "nobody listens any more");
	const deltas = events.flatMap(({ delta }) => delta ?? []);
	return { deltas, done: events.at(-1)?.text };
}

test("each piece is sent once, and together they are the text", async () => {
	const { deltas, done } = await streamed(["one", "one two"], "one two three");
	assert.deepEqual([deltas, done], [["one", " two", " three"], "one two three"]);
});

test("where it reads another way in the end, nothing follows but all of it", async () => {
	const { deltas, done } = await streamed(["one"], "won two three");
	assert.deepEqual([deltas, done], [["one"], "won two three"]);
});
