import { z } from "zod";
import { scopes } from "../../access/caller.ts";
import { sessionCookie } from "../authorise.ts";
import type { Routes } from "../context.ts";

const who = z
	.object({ name: z.string(), kind: z.enum(["session", "token"]), scopes: z.array(z.enum(scopes)) })
	.meta({ id: "Caller" });

export const sessionRoutes: Routes = (server, { access }) => {
	server.post(
		"/api/v1/session",
		{
			config: { scope: "public" },
			schema: { body: z.strictObject({ secret: z.string().max(200) }), response: { 200: who } },
		},
		async (request, reply) => {
			const { session, caller } = await access.signIn(request.body);
			reply.setCookie(sessionCookie, session, { httpOnly: true, sameSite: "strict", path: "/" });
			return { name: caller.name, kind: caller.kind, scopes: [...caller.scopes] };
		},
	);
	server.get(
		"/api/v1/session",
		{ config: { scope: "read" }, schema: { response: { 200: who } } },
		async ({ caller }) => {
			if (caller === null) throw new Error("a route with a scope has a caller");
			return { name: caller.name, kind: caller.kind, scopes: [...caller.scopes] };
		},
	);
	server.delete("/api/v1/session", { config: { scope: "read" } }, async (request, reply) => {
		const session = request.cookies[sessionCookie];
		if (session) await access.signOut(session);
		return reply.clearCookie(sessionCookie, { path: "/" }).code(204).send();
	});
};
