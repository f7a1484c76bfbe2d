import type { Routes } from "../context.ts";
import type { DescribedRoute, RouteSchema } from "../openapi/document.ts";
import type { OpenApiDocument } from "../openapi/openapi.ts";

/**
 * The description of the API, for programs and for people. It is made when somebody first asks for
 * it: no start waits for it. Has to come before all other routes, so that it hears of them.
 */
export const openapiRoutes: Routes = (server, { service }) => {
	const routes: DescribedRoute[] = [];
	server.addHook("onRoute", ({ method, url, config, schema }) => {
		for (const one of [method].flat()) {
			const scope = config?.scope ?? "public";
			routes.push({ method: one, url, scope, schema: schema as RouteSchema | undefined });
		}
	});

	let made: Promise<{ document: OpenApiDocument; text: string; page: string; style: string }>;
	function describe() {
		made ??= make();
		return made;
	}
	async function make() {
		const { describeApi } = await import("../openapi/document.ts");
		const { docsPage, docsStyle } = await import("../openapi/docs-page.ts");
		const document = describeApi(routes, service.app.library.appVersion);
		return {
			document,
			text: JSON.stringify(document, null, "\t"),
			page: docsPage(document),
			style: docsStyle,
		};
	}

	const tags = ["Service"];
	server.get(
		"/api/openapi.json",
		{
			config: { scope: "public" },
			schema: { tags, summary: "This description, as OpenAPI 3.1" },
		},
		async (_request, reply) => reply.type("application/json").send((await describe()).text),
	);
	server.get(
		"/api/docs",
		{ config: { scope: "public" }, schema: { tags, summary: "This description, to be read" } },
		async (_request, reply) => reply.type("text/html; charset=utf-8").send((await describe()).page),
	);
	server.get(
		"/api/docs.css",
		{ config: { scope: "public" }, schema: { hide: true } as object },
		async (_request, reply) => reply.type("text/css; charset=utf-8").send((await describe()).style),
	);
};
