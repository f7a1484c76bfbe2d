import { link, open } from "node:fs/promises";
import { copyHashed } from "../durable/copy-hashed.ts";
import { step } from "../durable/step.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { FileFacts } from "../recording.ts";

const cannotLink = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "EXDEV", "EMLINK", "ENOSYS"];

/**
 * Gives an upload's synced audio a second name, in the folder of the recording that is made of it:
 * nothing is copied, and a crash at any moment leaves the upload as it was. Copies where the file
 * system has no second names.
 *
 * @throws ERR_DAMAGED where a copy is not what was received
 */
export async function linkAudio(from: string, to: string, received: FileFacts): Promise<FileFacts> {
	try {
		step("upload:link");
		await link(from, to);
		return received;
	} catch (error) {
		if (!cannotLink.includes(systemErrorCode(error) ?? "")) throw error;
	}
	const handle = await open(from, "r");
	try {
		const facts = await copyHashed({ handle, path: from }, to);
		if (facts.sha256 === received.sha256) return facts;
		throw new OnwaxError("ERR_DAMAGED", "The disk gave back other bytes than were uploaded.", {
			hint: "Look at the disk. Nothing was acknowledged; the sender has the audio.",
		});
	} finally {
		await handle.close();
	}
}
