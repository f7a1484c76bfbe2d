import { z } from "zod";
import { OnwaxError } from "../../errors.ts";
import { sessionCookie } from "../authorise.ts";
import type { Routes } from "../context.ts";
import { openEventStreams, positionOfId } from "../event-streams.ts";

const eventId = z.string().max(100);

export const eventRoutes: Routes = (server, { service, access, limits }) => {
	const { log, library } = service.app;
	const streams = openEventStreams(service.events, library.catalogue);
	/** How many each caller has. */
	const openOf = new Map<string, number>();
	server.addHook("preClose", async () => streams.close());
	server.get(
		"/api/v1/events",
		{
			config: { scope: "read" },
			// It would never end.
			exposeHeadRoute: false,
			schema: {
				tags: ["Events"],
				summary: "Everything that changes, as it changes",
				description:
					"Server-sent events (`text/event-stream`); each `data:` is an Event. An event with an id can be gone on from with `Last-Event-ID`, which browsers send by themselves; where what came since is not known any more, the answer begins with `reset`. A comment comes every 15 seconds.",
				headers: z.object({ "last-event-id": eventId.optional() }),
				querystring: z.object({ after: eventId.optional() }),
			},
		},
		async (request, reply) => {
			const given = request.headers["last-event-id"] ?? request.query.after ?? null;
			// An id that is none of ours is known as little as one that is too old.
			const after = given === null ? null : (positionOfId(given) ?? { epoch: "", number: 0 });
			const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
			const session = request.cookies[sessionCookie] ?? null;
			const isWelcome = async () =>
				(await access.authenticate({ bearer, session }))?.scopes.has("read") ?? false;
			const caller = `${request.caller?.kind} ${request.caller?.id}`;
			const open = (openOf.get(caller) ?? 0) + 1;
			if (open > limits.mostEventStreams) {
				throw new OnwaxError("ERR_RATE_LIMIT", "Too many event streams are open.", {
					...{ retryable: true, retryAfterSeconds: 15 },
					hint: "One stream tells everything: close those that nobody reads.",
				});
			}
			openOf.set(caller, open);
			reply.raw.once("close", () => {
				const left = (openOf.get(caller) ?? 1) - 1;
				if (left > 0) openOf.set(caller, left);
				else openOf.delete(caller);
			});
			reply.hijack();
			reply.raw.writeHead(200, {
				...(reply.getHeaders() as Record<string, string>),
				"content-type": "text/event-stream; charset=utf-8",
				"cache-control": "no-store",
				"x-accel-buffering": "no",
				"x-content-type-options": "nosniff",
				"x-request-id": request.id,
			});
			try {
				await streams.add(reply.raw, after, isWelcome);
			} catch (error) {
				log.error({ requestId: request.id, error: String(error) }, "an event stream ended");
			}
		},
	);
};
