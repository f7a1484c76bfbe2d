import type {
	FastifyBaseLogger,
	FastifyInstance,
	RawReplyDefaultExpression,
	RawRequestDefaultExpression,
	RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Access } from "../access/access.ts";
import type { Caller, Scope } from "../access/caller.ts";
import type { Service } from "../app/service.ts";
import type { Audit } from "../audit/audit.ts";
import type { Limits } from "./limits.ts";

/** What every route is given. */
export type ServerContext = {
	service: Service;
	access: Access;
	/** Who did what: each deed that matters is noted here once it counts. */
	audit: Audit;
	/** Folder of the built page; null where it was not built. */
	webFolder: string | null;
};

export type Server = FastifyInstance<
	RawServerDefault,
	RawRequestDefaultExpression,
	RawReplyDefaultExpression,
	FastifyBaseLogger,
	ZodTypeProvider
>;

export type RouteContext = ServerContext & { limits: Limits };

/** A file of `routes/`: adds its routes to the server. */
export type Routes = (server: Server, context: RouteContext) => Promise<void> | void;

declare module "fastify" {
	interface FastifyContextConfig {
		/** Who may call this route. A route that does not say is a mistake, and the server does not start. */
		scope?: Scope | "public";
		/** Who has this one instead may call it too; the route looks at what they may see or do there. */
		orScope?: Scope;
	}
	interface FastifyRequest {
		/** Null only on public routes. */
		caller: Caller | null;
	}
}
