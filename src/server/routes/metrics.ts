import { measureService } from "../../app/measure-service.ts";
import { openMetrics } from "../../telemetry/metrics.ts";
import type { Routes } from "../context.ts";

export const metricsRoutes: Routes = (server, { service }) => {
	const metrics = openMetrics();
	server.addHook("onClose", async () => {
		metrics.close();
	});
	server.get(
		"/metrics",
		{
			config: { scope: "read" },
			schema: {
				tags: ["service"],
				summary: "Metrics in the text format of Prometheus",
				description: "Counters are of this process since its start; docs/service.md lists them.",
			},
		},
		async (_request, reply) => {
			const { text, contentType } = await metrics.render(await measureService(service));
			return reply.type(contentType).send(text);
		},
	);
};
