import { changeRecording } from "../library/change.ts";
import type { Metadata } from "../recording.ts";
import type { App } from "./open-app.ts";
import { refuseTrash } from "./refuse-trash.ts";

/**
 * Puts a recording away, or takes it out again: it is found and kept as before, and no retention
 * touches it. Harmless where it is so already.
 *
 * @throws ERR_STATE in the trash
 */
export async function setArchived(
	{ library }: App,
	name: string,
	archived: boolean,
): Promise<Metadata> {
	return changeRecording(library, name, async ({ metadata }) => {
		refuseTrash(metadata);
		return metadata.archived === archived ? null : { fields: { archived } };
	});
}
