import { z } from "zod";
import { cancelWork } from "../../app/cancel.ts";
import type { App } from "../../app/open-app.ts";
import { purgeRecordings } from "../../app/purge.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { retryRecording } from "../../app/retry.ts";
import { setArchived } from "../../app/set-archived.ts";
import { takeFromTrash } from "../../app/take-from-trash.ts";
import type { AuditAction } from "../../audit/audit-entry.ts";
import { trashRecording } from "../../library/remove.ts";
import type { Recording } from "../../recording.ts";
import type { Routes } from "../context.ts";
import { flag, isYes, recording } from "../contract/recording.ts";
import { referenceParams } from "../contract/reference.ts";
import { noteDeed } from "../note-deed.ts";
import { detailJson } from "../recording-json.ts";
import { unending } from "../unending.ts";

const tags = ["recordings"];

export const recordingDeedRoutes: Routes = (server, context) => {
	const app = () => context.service.app;
	const find = (reference: string) => resolveRecording(app().library.catalogue, reference);

	/** Everything that is done to one recording by name alone, and told with what it is afterwards. */
	const act = (
		path: string,
		{ summary, status, audited }: { summary: string; status: 200 | 202; audited?: AuditAction },
		deed: (app: App, found: Recording) => Promise<unknown>,
		method: "POST" | "DELETE" = "POST",
	) =>
		server.route({
			...{ method, url: `/api/v1/recordings/:ref${path}` },
			config: { scope: "write" },
			schema: {
				...{ tags, summary },
				params: referenceParams,
				response: { [status]: recording },
			},
			async handler(request, reply) {
				const { ref } = request.params as z.infer<typeof referenceParams>;
				const found = await find(ref);
				const { name } = found.metadata;
				await deed(app(), found);
				if (audited === "edit")
					await noteDeed(context, request, audited, name, { fields: ["status"] });
				else if (audited) await noteDeed(context, request, audited, name);
				return reply.code(status).send(detailJson(await find(name)));
			},
		});

	const trash = (now: App, { metadata }: Recording) => trashRecording(now.library, metadata.name);
	const inTrash = { status: 200, audited: "trash", summary: "Put it into the trash" } as const;
	act("", inTrash, trash, "DELETE");
	act("/trash", inTrash, trash);
	act(
		"/restore",
		{ status: 200, audited: "restore", summary: "Take it out of the trash" },
		(now, { metadata }) => takeFromTrash(now.library, metadata.name),
	);
	const put = { status: 200, audited: "edit" } as const;
	act(
		"/archive",
		{ ...put, summary: "Put it away: kept, found, and no retention touches it" },
		(now, { metadata }) => setArchived(now, metadata.name, true),
	);
	act("/unarchive", { ...put, summary: "Take it out of what was put away" }, (now, { metadata }) =>
		setArchived(now, metadata.name, false),
	);
	act(
		"/retry",
		{ status: 202, summary: "Have it transcribed now, where it has no text yet" },
		(now, { metadata }) => retryRecording(now, metadata.name),
	);
	act(
		"/cancel",
		{
			status: 200,
			audited: "cancel",
			summary: "End the work on its text; a retry goes on with it",
		},
		(now, { metadata }) => cancelWork(now, metadata.name),
	);

	server.post(
		"/api/v1/recordings/:ref/purge",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Destroy it, for good" },
				description:
					"Only what is in the trash; with `force` a recording is put there first. What is known about it is copied to the library's backups; its audio is gone.",
				params: referenceParams,
				querystring: z.strictObject({ force: flag }),
				response: { 204: z.null() },
			},
		},
		async (request, reply) => {
			const found = await find(request.params.ref);
			const { name } = found.metadata;
			if (isYes(request.query.force)) await trash(app(), found);
			await purgeRecordings(app(), [await find(name)], () => {}, unending);
			await noteDeed(context, request, "purge", name);
			return reply.code(204).send(null);
		},
	);
};
