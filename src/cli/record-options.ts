import { cleanTag, cleanTitle } from "../app/fields.ts";
import type { RecordOptions } from "../app/record.ts";
import type { Config } from "../config/defaults.ts";
import { usage } from "./parse.ts";

export type RecordFlags = {
	title?: string;
	tag?: string[];
	device?: string;
	stopAfter?: number;
	max?: number;
	rate?: number;
	channels?: number;
	startOnSpeech?: boolean;
	preRoll?: number;
	engine?: string;
	copy?: boolean;
	wait: boolean;
	toggle?: boolean;
};

/** What is to be recorded, and what comes after it. */
export type Wanted = Omit<RecordOptions, "onNotice" | "signal"> & {
	engine: string | null;
	copy: boolean;
	waitForText: boolean;
};

/** At any sample rate there is a frame in it. */
const shortestSeconds = 0.001;

/** Flags over the configuration; a time of 0 takes a limit of the configuration's away. */
export function wantedRecording(flags: RecordFlags, { record }: Config): Wanted {
	const copy = flags.copy ?? record.copy;
	if (flags.copy && !flags.wait)
		throw usage("--copy waits for the text: it does not go with --no-wait.");
	if (flags.max !== undefined && flags.max > 0 && flags.max < shortestSeconds)
		throw usage("--max is shorter than 1ms.", "A time of 0 takes the limit away.");
	return {
		title: flags.title === undefined ? null : cleanTitle(flags.title),
		tags: [...new Set((flags.tag ?? []).map(cleanTag))],
		device: flags.device ?? record.device,
		format: {
			sampleRate: flags.rate ?? record.sampleRate,
			channels: flags.channels ?? record.channels,
		},
		stopAfterSilenceSeconds: (flags.stopAfter ?? record.stopAfterSilenceSeconds) || null,
		maxSeconds: (flags.max ?? record.maxSeconds) || null,
		waitForSpeech: flags.startOnSpeech ?? false,
		preRollSeconds: flags.preRoll ?? record.preRollSeconds,
		engine: flags.engine ?? null,
		copy: copy && flags.wait,
		waitForText: flags.wait,
	};
}
