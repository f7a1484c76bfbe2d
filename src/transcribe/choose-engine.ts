import { OnwaxError } from "../errors.ts";
import type { Engine } from "./engine.ts";
import type { EngineConditions } from "./engine-config.ts";
import { languageTag } from "./language.ts";

/** What the choice goes by; what is null is not known. */
export type AboutRecording = { durationSeconds: number | null; language: string | null };

/**
 * An engine that was named for a recording, in the order of preference. Either it may be asked, or
 * it is left out, and `leftOut` says why in words that complete the sentence "It is left out: …".
 */
export type Candidate =
	| { name: string; engine: Engine; leftOut: null; later: false }
	| {
			name: string;
			engine: null;
			leftOut: string;
			/** Whether waiting may change that (a network comes back), without anybody doing anything. */
			later: boolean;
	  };

/** `any` leaves that condition out of the judgement: no certain recording is meant. */
export type Circumstances = {
	online: boolean;
	durationSeconds: number | null | "any";
	language: string | null | "any";
};

/**
 * Why an engine's conditions (`when`) leave it out, or null where all of them hold. A condition
 * about what is not known does not hold.
 */
export function leftOutBecause(
	when: EngineConditions | undefined,
	now: Circumstances,
): { reason: string; later: boolean } | null {
	const { online, minSeconds, maxSeconds, languages } = when ?? {};
	if (online === true && !now.online) return { reason: "there is no network", later: true };
	if (online === false && now.online) return { reason: "there is a network", later: true };
	const forGood = (reason: string) => ({ reason, later: false });
	const { durationSeconds, language } = now;
	if (durationSeconds !== "any" && (minSeconds !== undefined || maxSeconds !== undefined)) {
		if (durationSeconds === null) return forGood("the length is not known");
		if (minSeconds !== undefined && durationSeconds < minSeconds) {
			return forGood(`it is shorter than ${minSeconds} s`);
		}
		if (maxSeconds !== undefined && durationSeconds > maxSeconds) {
			return forGood(`it is longer than ${maxSeconds} s`);
		}
	}
	if (language === "any" || languages === undefined) return null;
	if (language === null) return forGood("the language is not known");
	if (languages.some((range) => matches(language, range))) return null;
	return forGood(`the language is ${language}`);
}

/** RFC 4647, 3.3.1: `en` stands for `en-GB` as well, and not the other way round. */
function matches(language: string, range: string): boolean {
	const [tag, prefix] = [languageTag(language), languageTag(range)];
	if (tag === null || prefix === null) return false;
	return tag === prefix || tag.startsWith(`${prefix}-`);
}

/** Conditions in words, for people: `only with a network, up to 600 s`; null where there are none. */
export function describeConditions(when: EngineConditions | undefined): string | null {
	const { online, minSeconds, maxSeconds, languages } = when ?? {};
	const words: string[] = [];
	if (online !== undefined) words.push(online ? "with a network" : "without a network");
	if (minSeconds !== undefined) words.push(`from ${minSeconds} s`);
	if (maxSeconds !== undefined) words.push(`up to ${maxSeconds} s`);
	if (languages !== undefined) words.push(`in ${languages.join(", ")}`);
	return words.length === 0 ? null : `only ${words.join(", ")}`;
}

/** How long a recording waits until its circumstances are looked at again. */
const lookAgainSeconds = { later: 60, forGood: 60 * 60 };

/**
 * What is said where every candidate is left out: nothing has failed, the recording waits, for at
 * least `retryAfterSeconds`.
 */
export function nobodyToAsk(candidates: readonly Candidate[]): OnwaxError {
	const reasons = candidates.map(({ name, leftOut }) => `${name}: ${leftOut}`).join("; ");
	const later = candidates.some((candidate) => candidate.later);
	return new OnwaxError("ERR_NO_ENGINE", `No engine may be asked now (${reasons}).`, {
		retryable: true,
		retryAfterSeconds: later ? lookAgainSeconds.later : lookAgainSeconds.forGood,
		hint: "The recording waits. `onwax engine list` shows the conditions; `onwax transcribe REC --engine NAME` asks one whatever they say.",
	});
}
