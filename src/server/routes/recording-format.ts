import type { Routes } from "../context.ts";
import { recordingFormat } from "../contract/recording-format.ts";

export const recordingFormatRoutes: Routes = (server, { service }) => {
	server.get(
		"/api/v1/recording-format",
		{
			config: { scope: "upload" },
			schema: {
				tags: ["uploads"],
				summary: "In what form a page is to record",
				description: "As `record.sampleRate` and `record.channels` are set.",
				response: { 200: recordingFormat },
			},
		},
		async () => {
			const { sampleRate, channels } = service.app.config.record;
			return { sampleRate, channels };
		},
	);
};
