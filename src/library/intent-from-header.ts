import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseCaptureHeader } from "../wav.ts";
import { firstSegment } from "./capture-segments.ts";
import type { CaptureIntent, Intent } from "./intent.ts";

const headBytes = 4096;

/**
 * What a recorder meant, read from the header of its first segment, where intent.json is lost: format
 * and beginning are there, title and tags are not. Null where this is no file of a recorder's, or of
 * another recording.
 */
export async function intentFromHeader(
	folder: string,
): Promise<(Intent & { capture: CaptureIntent }) | null> {
	const head = await readHead(join(folder, firstSegment));
	const facts = head && parseCaptureHeader(head);
	if (!facts || facts.name !== basename(folder)) return null;
	const { sampleRate, channels, recordedAt } = facts;
	const capture = { sampleRate, channels, device: "unknown", startedAt: recordedAt, bootId: null };
	return {
		...{ format: 1, source: "microphone", originalFilename: null, title: null, tags: [] },
		...{ audioFile: firstSegment, capture },
	};
}

async function readHead(path: string): Promise<Buffer | null> {
	try {
		const file = await open(path, "r");
		try {
			const head = Buffer.alloc(headBytes);
			const { bytesRead } = await file.read(head, 0, headBytes, 0);
			return head.subarray(0, bytesRead);
		} finally {
			await file.close();
		}
	} catch {
		// Missing, a folder, unreadable: whoever calls looks at what is there instead.
		return null;
	}
}
