import type { OnwaxError } from "../errors.ts";
import type { BegunCapture } from "./begin-capture.ts";
import type { Notice, SampleFormat } from "./capture.ts";
import type { OpenMicrophone } from "./microphone.ts";

export type RecorderOptions = {
	open: OpenMicrophone;
	device: string | null;
	format: SampleFormat;
	title: string | null;
	/** Makes the recording on disk; called once, when there is something to keep. */
	begin(trouble: {
		onTrouble(error: OnwaxError): void;
		onTroubleOver(): void;
	}): Promise<BegunCapture>;
	/** The folder whose disk is watched, and what is to stay free on it. */
	diskPath: string;
	reserveBytes: number;
	/** Listen into memory first, and begin with the first word. */
	waitForSpeech: boolean;
	/** How much of what came before the first word is kept. */
	preRollSeconds: number;
	/** End after so long without speech; null never. */
	stopAfterSilenceSeconds: number | null;
	/** Silence that stands for a device that was away counts, and while it is away the clock does. */
	maxSeconds: number | null;
	onNotice(notice: Notice): void;
	/** Gives the opening up; a recording that has begun takes no notice of it. */
	signal?: AbortSignal;
};
