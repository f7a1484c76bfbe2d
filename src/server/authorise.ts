import { OnwaxError } from "../errors.ts";
import type { Server, ServerContext } from "./context.ts";

export const sessionCookie = "onwax_session";

/** Every route says who may call it, and nobody else does. */
export function authorise(server: Server, { access }: ServerContext): void {
	server.decorateRequest("caller", null);
	server.addHook("onRoute", ({ url, config }) => {
		if (config?.scope === undefined) throw new Error(`${url} does not say who may call it`);
	});
	server.addHook("onRequest", async (request) => {
		const scope = request.routeOptions.config.scope ?? "public";
		const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? null;
		const session = request.cookies[sessionCookie] ?? null;
		request.caller = await access.authenticate({ bearer, session });
		if (scope === "public") return;
		if (request.caller === null) {
			throw new OnwaxError("ERR_AUTH", "Onwax does not know who asks.", {
				hint: "Open the link that `onwax serve` printed, or send a token as `Authorization: Bearer …`.",
			});
		}
		if (!request.caller.scopes.has(scope)) {
			throw new OnwaxError("ERR_FORBIDDEN", `This needs the permission ${scope}.`, {
				hint: "Ask whoever runs this Onwax for a token with that permission.",
			});
		}
	});
}
