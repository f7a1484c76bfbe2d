import type { OnwaxError } from "../errors.ts";
import type { DownloadLimits } from "./download-options.ts";
import type { FamilyOf } from "./install.ts";
import type { ModelCard } from "./model-card.ts";

/** Where models live, and what this machine allows. */
export type ModelsPlace = {
	modelsFolder: string;
	mirror: string | null;
	/** Stays free on the disk. */
	reserveBytes: number;
	/** What a folder of files is a model of; null where it is none. */
	familyOf: FamilyOf;
};

export type PullStage = "downloading" | "verifying" | "unpacking" | "copying";

export type PullOptions = {
	signal: AbortSignal;
	onProgress: (stage: PullStage, doneBytes: number, totalBytes: number | null) => void;
	onRetry: (error: OnwaxError, waitSeconds: number) => void;
	limits?: DownloadLimits;
	now?: () => Date;
};

/** `card` is null where the model was there already. */
export type Pulled = { name: string; card: ModelCard | null; pinned: boolean };
