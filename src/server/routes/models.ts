import { z } from "zod";
import { openModelPulls } from "../../app/model-pulls.ts";
import { type ListedModel, listAllModels, presentModel, removePresent } from "../../app/models.ts";
import { OnwaxError } from "../../errors.ts";
import type { Routes } from "../context.ts";
import type { Model } from "../contract/models.ts";
import { modelList, modelPull } from "../contract/models.ts";

const modelName = z.object({ name: z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/) });

export const modelRoutes: Routes = (server, { service, audit }) => {
	const pulls = openModelPulls(service.events);
	server.addHook("onClose", async () => pulls.stop());

	server.get(
		"/api/v1/models",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Models"],
				summary: "Models that are known, and those that are here",
				response: { 200: modelList },
			},
		},
		async () => {
			const models = await listAllModels(service.app.config, service.environment);
			return { models: models.map((one) => ({ ...modelJson(one), pull: pulls.of(one.name) })) };
		},
	);

	server.post(
		"/api/v1/models/:name/pull",
		{
			config: { scope: "admin" },
			schema: {
				tags: ["Models"],
				summary: "Fetch a model; goes on where an earlier try ended",
				description: "How far it is comes as `model-pull` events, and stands in the list.",
				params: modelName,
				response: { 202: modelPull },
			},
		},
		async ({ params: { name }, caller, ip }, reply) => {
			// Engines are looked for again, so that the new model is among them.
			const onPulled = () => service.reconfigure(service.app.config);
			const begun = pulls.start(service.app.config, name, onPulled);
			await audit.note({ caller, address: ip, action: "settings", detail: { pulled: name } });
			return reply.code(202).send(begun);
		},
	);

	server.delete(
		"/api/v1/models/:name",
		{
			config: { scope: "admin" },
			schema: {
				tags: ["Models"],
				summary: "Remove a model, or what was fetched of one",
				description: "One that somebody brought cannot be fetched again: `force` is needed for it.",
				params: modelName,
				querystring: z.object({ force: z.enum(["1", "true"]).optional() }),
				response: { 204: z.null() },
			},
		},
		async ({ params: { name }, query, caller, ip }, reply) => {
			const { config } = service.app;
			// Of one that is only just being fetched there may be nothing on disk yet.
			const isCut = pulls.of(name) !== null;
			await pulls.cancel(name);
			const model = await presentModel(config, name).catch((error: unknown) => {
				if (isCut && error instanceof OnwaxError && error.code === "ERR_NOT_FOUND") return null;
				throw error;
			});
			if (model === null) return reply.code(204).send(null);
			if (model.installed !== null && model.known === null && query.force === undefined) {
				throw new OnwaxError("ERR_STATE", `${name} was brought by somebody.`, {
					hint: "It cannot be fetched again; add ?force=1 to remove it all the same.",
				});
			}
			await removePresent(config, model);
			await service.reconfigure(service.app.config);
			await audit.note({ caller, address: ip, action: "settings", detail: { removed: name } });
			return reply.code(204).send(null);
		},
	);
};

function modelJson({ name, known, installed, isUsable, begunBytes, isDefault }: ListedModel) {
	const card = installed?.card ?? null;
	const json: Omit<Model, "pull"> = {
		...{ name, isUsable, begunBytes, isDefault },
		family: known?.family ?? card?.family ?? null,
		languages: known ? [...known.languages] : null,
		goodFor: known?.goodFor ?? null,
		licence: known?.licence ?? card?.licence ?? null,
		isKnown: known !== null,
		sizeBytes: known?.sizeBytes ?? null,
		installed: installed !== null,
		installedBytes: installed?.sizeBytes ?? null,
		verified: card?.verified ?? null,
		pulledAt: card?.pulledAt ?? null,
	};
	return json;
}
