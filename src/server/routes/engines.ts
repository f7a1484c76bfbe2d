import { z } from "zod";
import { listEngines, tryEngine } from "../../app/engine-check.ts";
import { OnwaxError } from "../../errors.ts";
import type { Routes } from "../context.ts";
import { engineList, engineTrial } from "../contract/engines.ts";

const trialTimeoutMs = 120_000;

export const engineRoutes: Routes = (server, { service }) => {
	server.get(
		"/api/v1/engines",
		{
			config: { scope: "read" },
			schema: {
				tags: ["Engines"],
				summary: "What turns audio into text, in the order in which it is asked",
				response: { 200: engineList },
			},
		},
		async () => {
			const { config, engines } = service.app;
			const states = await listEngines(config, engines);
			return {
				engines: states.map((state) => ({
					...state,
					origin: Object.hasOwn(config.engines, state.name)
						? ("declared" as const)
						: ("detected" as const),
				})),
			};
		},
	);

	const trying = new Set<string>();
	server.post(
		"/api/v1/engines/:name/test",
		{
			config: { scope: "write" },
			schema: {
				tags: ["Engines"],
				summary: "Send a spoken sample through it, once",
				description: "A service may charge for it.",
				params: z.object({ name: z.string().min(1).max(64) }),
				response: { 200: engineTrial },
			},
		},
		async ({ params: { name } }) => {
			if (trying.has(name)) {
				throw new OnwaxError("ERR_CONFLICT", `${name} is being tried at this moment.`, {
					retryable: true,
					hint: "Wait for that to end.",
				});
			}
			trying.add(name);
			try {
				const { engines, media } = service.app;
				return await tryEngine(engines, media, name, AbortSignal.timeout(trialTimeoutMs));
			} finally {
				trying.delete(name);
			}
		},
	);
};
