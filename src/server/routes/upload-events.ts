import { z } from "zod";
import { cleanUploadedTitle } from "../../app/upload-about.ts";
import { uploadsOf } from "../../app/uploads.ts";
import { isUploadId } from "../../archive/layout.ts";
import { isGone } from "../../uploads/store.ts";
import type { Routes } from "../context.ts";
import { uploadEvents } from "../contract/receipt.ts";
import { askingOf } from "../uploads/owner.ts";

export const uploadEventRoutes: Routes = (server, { service }) => {
	server.put(
		"/api/v1/uploads/:id/events",
		{
			config: { scope: "upload" },
			schema: {
				tags: ["uploads"],
				summary: "Say what happened while it was recorded",
				description:
					"Before its last part: the recording's metadata.json keeps it. All of it each time, in place of what was said before.",
				params: z.object({ id: z.string().max(200) }),
				body: uploadEvents,
				response: { 204: z.null() },
			},
		},
		async ({ params: { id }, body, caller }, reply) => {
			if (!isUploadId(id)) throw isGone();
			const uploads = uploadsOf(service);
			const found = await uploads.find(askingOf(caller), id);
			if (!("file" in found)) throw isGone();
			const events = body.events.map(({ message, ...event }) => {
				return { ...event, message: cleanUploadedTitle(message) ?? "" };
			});
			await uploads.setEvents(found, events);
			return reply.code(204).send(null);
		},
	);
};
