import { z } from "zod";

/** In what form the page is to record: the settings that `onwax record` follows, too. */
export const recordingFormat = z
	.object({
		/** Hz */
		sampleRate: z.int(),
		channels: z.int(),
	})
	.meta({ id: "RecordingFormat" });
export type RecordingFormat = z.infer<typeof recordingFormat>;
