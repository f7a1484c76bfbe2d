import type { Library } from "../library/library.ts";
import { restoreRecording } from "../library/remove.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";
import type { Metadata } from "../recording.ts";

/**
 * Out of the trash. The work that was set aside goes on; where the catalogue that knew of it was lost
 * meanwhile, the text at least is queued anew.
 */
export function takeFromTrash(library: Library, name: string): Promise<Metadata> {
	return restoreRecording(library, name, (tx, metadata) =>
		enqueueAll(tx, [metadata], jobsAfterPublish),
	);
}
