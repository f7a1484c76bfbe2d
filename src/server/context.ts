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

/** What every route is given. */
export type ServerContext = {
	service: Service;
	access: Access;
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

/** A file of `routes/`: adds its routes to the server. */
export type Routes = (server: Server, context: ServerContext) => Promise<void> | void;

declare module "fastify" {
	interface FastifyContextConfig {
		/** Who may call this route. A route that does not say is a mistake, and the server does not start. */
		scope?: Scope | "public";
	}
	interface FastifyRequest {
		/** Null only on public routes. */
		caller: Caller | null;
	}
}
