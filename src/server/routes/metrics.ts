import { measureService } from "../../app/measure-service.ts";
import { uploadsOf } from "../../app/uploads.ts";
import { observe } from "../../observation.ts";
import { openMetrics } from "../../telemetry/metrics.ts";
import type { Routes } from "../context.ts";

export const metricsRoutes: Routes = (server, { service }) => {
	const metrics = openMetrics();
	const stop = uploadsOf(service).onEvent((event) => {
		const way = "upload";
		if (event.type !== "kept") return observe({ kind: "upload", way, outcome: event.type });
		const { known, sizeBytes } = event.receipt;
		observe({ kind: "upload", way, outcome: known ? "known" : "kept" });
		observe({ kind: "upload-bytes", way, bytes: sizeBytes });
	});
	server.addHook("onClose", async () => {
		stop();
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
