/** What goes between the program and a child of its own, over the IPC of `fork`. */

/** How far a request is; `totalSeconds` of audio is null while nobody knows. */
export type Progress = {
	doneSeconds: number;
	totalSeconds: number | null;
	/** What it is at, where the parent has to know: a child that dies then is told of differently. */
	stage?: string;
};

export type RequestMessage<Request> = { id: number; request: Request };

/** An error on its way from the child; `systemCode` is the `ENOSPC` of a failed system call. */
export type ErrorMessage = {
	code: string | null;
	systemCode: string | null;
	message: string;
	hint: string | null;
	retryable: boolean;
};

/** `ready` is the first thing that a child says, to no request in particular. */
export type ChildMessage = { kind: "ready" } | Answer;

/** What a child says to the request of that id. */
export type Answer = { id: number } & (
	| { kind: "progress"; progress: Progress }
	| { kind: "result"; result: unknown; rssBytes: number }
	| { kind: "error"; error: ErrorMessage; rssBytes: number }
);

/**
 * With this signal a child ends itself when it wants too much memory; nothing else sends it, so
 * that the parent can tell why the child ended.
 */
export const memorySignal = "SIGUSR2";
