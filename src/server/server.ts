import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import fastify from "fastify";
import {
	hasZodFastifySchemaValidationErrors,
	serializerCompiler,
	validatorCompiler,
} from "fastify-type-provider-zod";
import { OnwaxError } from "../errors.ts";
import { authorise } from "./authorise.ts";
import type { Server, ServerContext } from "./context.ts";
import { pageRoutes } from "./page.ts";
import { sendProblem } from "./problem.ts";
import { allRoutes } from "./routes.ts";

const bodyLimitBytes = 1_000_000;

/** The whole service, not yet listening. */
export async function createServer(context: ServerContext): Promise<Server> {
	const { log } = context.service.app;
	const server: Server = fastify({
		bodyLimit: bodyLimitBytes,
		genReqId: (request) => givenId(request.headers["x-request-id"]) ?? randomUUID(),
		logger: false,
		routerOptions: { maxParamLength: 200 },
		forceCloseConnections: "idle",
		return503OnClosing: true,
	}).withTypeProvider<never>() as unknown as Server;
	server.setValidatorCompiler(validatorCompiler);
	server.setSerializerCompiler(serializerCompiler);
	server.setErrorHandler((error, request, reply) => {
		const known = asOnwaxError(error);
		if (known === null || known.code === "ERR_INTERNAL") {
			const stack = error instanceof Error ? error.stack : String(error);
			log.error({ requestId: request.id, error: stack }, "a request failed");
		}
		return sendProblem(reply, known ?? error);
	});
	server.setNotFoundHandler({}, (_request, reply) =>
		sendProblem(reply, new OnwaxError("ERR_NOT_FOUND", "There is nothing at this address.")),
	);
	server.addHook("onSend", async (request, reply) => {
		reply.header("x-request-id", request.id);
	});
	server.addHook("onResponse", async (request, reply) => {
		log.info(
			{
				requestId: request.id,
				caller: request.caller?.id ?? null,
				method: request.method,
				// Without its query, in which people search for what is nobody's business.
				path: request.url.split("?", 1)[0],
				status: reply.statusCode,
				milliseconds: Math.round(reply.elapsedTime),
			},
			"answered",
		);
	});
	await server.register(cookie);
	authorise(server, context);
	for (const routes of allRoutes) await routes(server, context);
	await pageRoutes(server, context);
	await server.ready();
	return server;
}

function givenId(header: string | string[] | undefined): string | null {
	return typeof header === "string" && /^[\w.-]{1,64}$/.test(header) ? header : null;
}

/** Null: an error that nobody foresaw. */
function asOnwaxError(error: unknown): OnwaxError | null {
	if (error instanceof OnwaxError) return error;
	if (hasZodFastifySchemaValidationErrors(error)) {
		const [first] = error.validation;
		const where = `${error.validationContext ?? "request"}${first?.instancePath ?? ""}`;
		return new OnwaxError("ERR_USAGE", `${where}: ${first?.message ?? "not understood"}`, {
			hint: "/api/docs says what this address takes.",
		});
	}
	const { statusCode, message } = error as { statusCode?: number; message?: string };
	if (statusCode === 413) return new OnwaxError("ERR_TOO_LARGE", "The request is too large.");
	if (statusCode === 415) {
		return new OnwaxError("ERR_FORMAT_UNKNOWN", "This kind of content is not taken here.");
	}
	if (statusCode === 429) return new OnwaxError("ERR_RATE_LIMIT", "Too many requests.");
	if (statusCode !== undefined && statusCode < 500) {
		return new OnwaxError("ERR_USAGE", message ?? "The request was not understood.");
	}
	return null;
}
