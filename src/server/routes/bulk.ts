import type { FastifyRequest } from "fastify";
import { cancelWork } from "../../app/cancel.ts";
import { editRecording } from "../../app/edit.ts";
import { inParallel } from "../../app/in-parallel.ts";
import type { App } from "../../app/open-app.ts";
import { purgeRecordings, requireTrashed } from "../../app/purge.ts";
import { resolveRecording } from "../../app/resolve.ts";
import { retryRecording, transcribeAnew } from "../../app/retry.ts";
import { setArchived } from "../../app/set-archived.ts";
import { takeFromTrash } from "../../app/take-from-trash.ts";
import type { AuditAction } from "../../audit/audit-entry.ts";
import { OnwaxError } from "../../errors.ts";
import { trashRecording } from "../../library/remove.ts";
import type { Recording } from "../../recording.ts";
import { requireScope } from "../authorise.ts";
import type { Routes } from "../context.ts";
import {
	type BulkAnswer,
	type BulkRequest,
	bulkAnswer,
	bulkRequest,
	mostInBulk,
} from "../contract/bulk.ts";
import { engineName } from "../engine-name.ts";
import { filterOf } from "../filter.ts";
import { problemOf } from "../problem.ts";
import { unending } from "../unending.ts";

/** Their syncs are shared by the disk; more of them would only wait for each other. */
const atOnce = 8;

export const bulkRoutes: Routes = (server, context) => {
	server.post(
		"/api/v1/bulk",
		{
			config: { scope: "write", orScope: "admin" },
			schema: {
				...{ tags: ["recordings"], summary: "Do the same to many recordings" },
				description:
					"Named, or the newest thousand that a filter finds. Each has its own result: one that fails holds up none of the others. What is done again does no harm. To `purge` needs the permission `admin`.",
				body: bulkRequest,
				response: { 200: bulkAnswer },
			},
		},
		async (request): Promise<BulkAnswer> => {
			const { app } = context.service;
			const { body } = request;
			requireScope(request, body.action === "purge" ? "admin" : "write");
			const { references, more } = await referencesIn(app, body);
			const deed = await deedOf(app, body);
			const results = await inParallel(references, atOnce, async (reference) => {
				try {
					const found = await resolveRecording(app.library.catalogue, reference);
					await deed(found);
					return { name: found.metadata.name, error: null };
				} catch (error) {
					return { name: reference, error };
				}
			});
			const told = body.action === "purge" ? await purge(app, results) : results;
			const audited = auditedActions[body.action];
			const fields = body.tags ? ["tags"] : ["status"];
			if (audited) await note(request, audited, told, { fields });
			const failed = told.filter(({ error }) => error !== null).length;
			return {
				...{ done: told.length - failed, failed, more },
				results: told.map(({ name, error }) => ({
					...{ name, ok: error === null },
					problem: error === null ? null : problemOf(error, request.id),
				})),
			};
		},
	);

	async function note(
		{ caller, ip: address }: FastifyRequest,
		action: AuditAction,
		results: readonly Result[],
		detail: Record<string, unknown>,
	): Promise<void> {
		const deed = { caller, address, action, ...(action === "edit" ? { detail } : {}) };
		const done = results.filter(({ error }) => error === null);
		await Promise.all(done.map(({ name }) => context.audit.note({ ...deed, recording: name })));
	}
};

type Result = { name: string; error: unknown };
type Deed = (found: Recording) => Promise<unknown>;

const auditedActions: Partial<Record<BulkRequest["action"], AuditAction>> = {
	...{ trash: "trash", restore: "restore", purge: "purge", cancel: "cancel" },
	...{ tag: "edit", untag: "edit", archive: "edit", unarchive: "edit" },
};

/** @throws ERR_USAGE unless it says either names or a filter */
async function referencesIn(
	app: App,
	{ names, filter }: BulkRequest,
): Promise<{ references: string[]; more: boolean }> {
	if ((names === undefined) === (filter === undefined)) {
		throw new OnwaxError("ERR_USAGE", "Say which recordings: `names`, or a `filter`.");
	}
	if (names !== undefined) return { references: [...new Set(names)], more: false };
	const { tags: tag, ...rest } = filter ?? {};
	const page = await app.library.catalogue.list({
		...{ ...filterOf({ ...rest, tag }), limit: mostInBulk, textCharacters: 0 },
	});
	const references = page.recordings.map(({ metadata }) => metadata.name);
	return { references, more: page.next !== null };
}

/** @throws ERR_USAGE, ERR_NO_ENGINE, ERR_ENGINE_UNKNOWN: what is true of all of them alike */
async function deedOf(app: App, { action, engine, tags = [] }: BulkRequest): Promise<Deed> {
	const { library } = app;
	if ((action === "tag" || action === "untag") && tags.length === 0) {
		throw new OnwaxError("ERR_USAGE", `Say which tags: \`"tags": ["…"]\`.`);
	}
	switch (action) {
		case "trash":
			return ({ metadata }) => trashRecording(library, metadata.name);
		case "restore":
			return ({ metadata }) => takeFromTrash(library, metadata.name);
		case "purge":
			return async ({ metadata }) => requireTrashed(metadata);
		case "archive":
		case "unarchive":
			return ({ metadata }) => setArchived(app, metadata.name, action === "archive");
		case "cancel":
			return ({ metadata }) => cancelWork(app, metadata.name);
		case "retry":
			return ({ metadata }) => retryRecording(app, metadata.name);
		case "transcribe": {
			const name = await engineName(app, engine);
			await app.engines.engineFor(name);
			return ({ metadata }) => transcribeAnew(app, metadata.name, name);
		}
		case "tag":
			return ({ metadata }) => editRecording(app, metadata.name, { addTags: tags });
		case "untag":
			return ({ metadata }) => editRecording(app, metadata.name, { removeTags: tags });
	}
}

/** All that may go, one after the other, behind one copy of what is known about them. */
async function purge(app: App, results: readonly Result[]): Promise<Result[]> {
	const { catalogue } = app.library;
	const doomed: Recording[] = [];
	for (const { name, error } of results) {
		const found = error === null ? await catalogue.get(name) : null;
		if (found !== null && found.metadata.deletedAt !== null) doomed.push(found);
	}
	const gone = new Set<string>();
	let failure: unknown = null;
	try {
		await purgeRecordings(app, doomed, (name) => gone.add(name), unending);
	} catch (error) {
		failure = error;
	}
	return results.map(({ name, error }) => {
		if (error !== null || gone.has(name)) return { name, error };
		return { name, error: failure ?? changedMeanwhile(name) };
	});
}

function changedMeanwhile(name: string): OnwaxError {
	return new OnwaxError("ERR_CONFLICT", `${name} was changed meanwhile; it was not purged.`, {
		hint: "Look at it again.",
	});
}
