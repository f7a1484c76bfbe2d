import { nameOf } from "../archive/spoken-by.ts";
import type { Transcript } from "../transcript.ts";
import type { LabelledTurn } from "./speaker-turns.ts";

/** What there is to say of one speaker. */
export type Speaker = {
	label: string;
	/** Null where nobody gave one. */
	name: string | null;
	/** How long they speak, by their turns. */
	spokenSeconds: number;
	/** When they are first heard. */
	firstSeconds: number;
	turns: number;
	/** The beginning of what they say; empty where no words are theirs. */
	firstWords: string;
};

const mostCharacters = 200;

/** Everybody who is heard, in the order of the labels, which is that of their first turns. */
export function describeSpeakers(
	{ segments, speakerNames = {} }: Pick<Transcript, "segments" | "speakerNames">,
	turns: readonly LabelledTurn[],
): Speaker[] {
	const speakers = new Map<string, Speaker>();
	for (const { speaker: label, startSeconds, endSeconds } of turns) {
		const name = nameOf(speakerNames, label);
		const known = speakers.get(label);
		const speaker = known ?? {
			...{ label, name, spokenSeconds: 0, firstSeconds: startSeconds },
			...{ turns: 0, firstWords: "" },
		};
		speaker.spokenSeconds += endSeconds - startSeconds;
		speaker.turns += 1;
		if (!known) speakers.set(label, speaker);
	}
	for (const { speaker: label = "", text } of segments) {
		const speaker = speakers.get(label);
		if (!speaker || speaker.firstWords.length >= mostCharacters) continue;
		const words = `${speaker.firstWords} ${text.replace(/\s+/g, " ").trim()}`.trim();
		speaker.firstWords = words.slice(0, mostCharacters);
	}
	for (const speaker of speakers.values()) {
		speaker.spokenSeconds = Math.round(speaker.spokenSeconds * 1000) / 1000;
	}
	return [...speakers.values()];
}
