import type { FastifyRequest } from "fastify";
import type { Scope } from "../access/caller.ts";
import { OnwaxError } from "../errors.ts";
import type { Server, ServerContext } from "./context.ts";
import { requireOwnPage } from "./origins.ts";
import { addressKey, openRateLimit } from "./rate-limit.ts";

export const sessionCookie = "onwax_session";

/** Tokens are 256 bits: whoever sends many that are not valid is not mistaken. */
const wrongTokensPerMinute = 30;

/** Every route says who may call it, and nobody else does; nor anybody too often. */
export function authorise(server: Server, { access, service }: ServerContext): void {
	const callers = openRateLimit(() => {
		const { requestsPerMinute } = service.app.config.server;
		return { perMinute: requestsPerMinute, burst: requestsPerMinute };
	});
	const wrongTokens = openRateLimit(() => ({
		perMinute: wrongTokensPerMinute,
		burst: wrongTokensPerMinute,
	}));
	server.decorateRequest("caller", null);
	server.addHook("onRoute", ({ url, config }) => {
		if (config?.scope === undefined) throw new Error(`${url} does not say who may call it`);
	});
	server.addHook("onRequest", async (request) => {
		const { scope = "public", orScope } = request.routeOptions.config;
		const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
		const session = request.cookies[sessionCookie] ?? null;
		const address = addressKey(request.ip);
		const from = { address: request.ip, agent: request.headers["user-agent"] ?? null };
		request.caller = await access.authenticate({ bearer, session, from });
		const { caller } = request;
		callers.take(caller === null ? `address ${address}` : `${caller.kind} ${caller.id}`);
		if (bearer !== null && caller === null) wrongTokens.take(address);
		const usesCookie = caller?.kind === "session";
		const changes = !["GET", "HEAD", "OPTIONS"].includes(request.method);
		// A sign-in changes who somebody is, though nobody is known yet; a link to the page is no harm.
		const matters = changes || (usesCookie && scope !== "public");
		if (bearer === null && matters) requireOwnPage(request, { usesCookie });
		if (scope === "public") return;
		if (caller === null) {
			throw new OnwaxError("ERR_AUTH", "Onwax does not know who asks.", {
				hint: "Open the link that `onwax serve` printed, or send a token as `Authorization: Bearer …`.",
			});
		}
		if (orScope === undefined || !caller.scopes.has(orScope)) requireScope(request, scope);
	});
}

/** @throws ERR_FORBIDDEN */
export function requireScope({ caller }: FastifyRequest, scope: Scope): void {
	if (caller?.scopes.has(scope)) return;
	throw new OnwaxError("ERR_FORBIDDEN", `This needs the permission ${scope}.`, {
		hint: "Ask whoever runs this Onwax for a token with that permission.",
	});
}
