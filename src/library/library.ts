import type { Layout } from "../archive/layout.ts";
import type { Writer } from "../archive/writer.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Logger } from "../logger.ts";
import type { Metadata } from "../recording.ts";

/**
 * Archive and catalogue as one. The folders are the truth; the catalogue follows them, always
 * written after them, and whatever a crash leaves between the two is healed from the folders.
 */
export type Library = {
	readonly layout: Layout;
	readonly catalogue: Catalogue;
	readonly log: Logger;
	readonly appVersion: string;
	/** Kept free on the disk: no write begins that would go below it. */
	readonly reserveBytes: number;
	/** Announces this process as a writer at the first call. */
	writer(): Promise<Writer>;
	/** From now on the writer's announcement stays behind, so that the next start heals (see Writer). */
	leaveForHealing(): void;
	close(): Promise<void>;
};

/** The next version of a recording's metadata. */
export function revise(
	metadata: Metadata,
	fields: Partial<Metadata>,
	appVersion: string,
): Metadata {
	return {
		...metadata,
		...fields,
		appVersion,
		revision: metadata.revision + 1,
		modifiedAt: new Date().toISOString(),
	};
}
