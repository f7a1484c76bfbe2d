/** What makes samples of the streams that a microphone gives, one after the other. */
export type SoundSource = {
	/** Blocks of 16-bit samples, interleaved, 50 ms each; silence where no stream is; null is the last one. */
	samples: MessagePort;
	sampleRate: number;
	/** @throws where the browser will not: then it is as though nothing was attached. */
	attach(stream: MediaStream): void;
	/** Nothing comes of this stream any more. */
	detach(): void;
	/** The stream is there, and the browser or the system keeps its sound back. */
	muted(isMuted: boolean): void;
	/** Hands over what was captured by now. `released`: the stream is not needed any more. */
	stop(released: () => void): void;
};

export type SourceEvents = {
	/** The browser runs no sound for this page, or does again. */
	halted(isHalted: boolean): void;
	/** What is attached cannot be read any more, although it may be there. */
	failed(): void;
};
