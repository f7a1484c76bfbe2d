import { type HealthReport, watchHealth } from "../../app/health.ts";
import type { Routes } from "../context.ts";
import { type Health, health } from "../contract/health.ts";

const tags = ["service"];
const live = { 200: health.pick({ status: true }) };

export const healthRoutes: Routes = (server, { service }) => {
	const watch = watchHealth(service);
	server.addHook("onClose", async () => watch.close());
	for (const path of ["/health", "/health/ready"]) {
		server.get(
			path,
			{
				config: { scope: "public" },
				schema: {
					tags,
					summary: "Whether recordings can be kept now, and what else is not as it should be",
					description:
						"503 where nothing can be kept. Reasons and hints are for callers who may read; everybody else is told the states alone.",
					response: { 200: health, 503: health },
				},
			},
			async ({ caller }, reply) => {
				const report = await watch.look();
				const told = healthOf(report, caller?.scopes.has("read") ?? false);
				return reply.code(report.state === "failing" ? 503 : 200).send(told);
			},
		);
	}
	server.get(
		"/health/live",
		{
			config: { scope: "public" },
			schema: { tags, summary: "Whether the process answers at all", response: live },
		},
		async () => ({ status: "ok" as const }),
	);
};

function healthOf({ state, checks }: HealthReport, mayRead: boolean): Health {
	return {
		status: state,
		checks: checks.map(({ name, state: status, message, hint }) => ({
			name,
			status,
			message: mayRead ? message : null,
			hint: mayRead ? hint : null,
		})),
	};
}
