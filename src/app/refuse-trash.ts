import { OnwaxError } from "../errors.ts";
import type { Metadata } from "../recording.ts";

/** @throws ERR_STATE for a recording in the trash: nothing is made of it there */
export function refuseTrash({ name, deletedAt }: Metadata): void {
	if (deletedAt === null) return;
	throw new OnwaxError("ERR_STATE", `${name} is in the trash.`, {
		hint: `\`onwax restore ${name}\` takes it out.`,
	});
}
