import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { Server, ServerContext } from "./context.ts";

/**
 * The built page. An address without a dot in its last part that is no API is the page itself, which
 * knows its own addresses.
 */
export async function pageRoutes(server: Server, { webFolder }: ServerContext): Promise<void> {
	if (webFolder === null || !existsSync(join(webFolder, "index.html"))) return;
	await server.register(fastifyStatic, {
		root: webFolder,
		serve: false,
		preCompressed: true,
		cacheControl: false,
	});
	server.get<{ Params: { "*": string } }>(
		"/*",
		{ config: { scope: "public" } },
		(request, reply) => {
			const path = request.params["*"];
			// A recording's name has a dot in it.
			const isFile = /\.[^/]+$/.test(path) && !path.startsWith("recordings/");
			if (/^(api|v1)\//.test(path)) return reply.callNotFound();
			// What is in assets/ has its hash in its name.
			const forGood = path.startsWith("assets/");
			reply.header("cache-control", forGood ? "public, max-age=31536000, immutable" : "no-cache");
			return reply.sendFile(isFile ? path : "index.html");
		},
	);
}
