import { OnwaxError } from "../errors.ts";
import type { Inspection } from "../library/stage.ts";
import type { Media } from "../media/media.ts";

/**
 * Looks into audio that has just come in. What no decoder can read is still somebody's file: it is
 * kept, with the reason. Trouble that is not the audio's (a full disk, an interruption) is thrown.
 */
export function inspectWith(media: Media): (audioPath: string) => Promise<Inspection> {
	return async (audioPath) => {
		try {
			const { container: _, ...audio } = await media.probe(audioPath);
			return { audio, error: null };
		} catch (error) {
			if (!(error instanceof OnwaxError) || error.code !== "ERR_AUDIO_UNREADABLE") throw error;
			const audio = {
				mimeType: "application/octet-stream",
				codec: null,
				durationSeconds: null,
				sampleRate: null,
				channels: null,
				bitDepth: null,
			};
			return { audio, error };
		}
	};
}
