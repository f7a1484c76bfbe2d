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
import { isClientGone } from "./client-gone.ts";
import type { Server, ServerContext } from "./context.ts";
import { checkHosts } from "./hosts.ts";
import { openHttpServer } from "./http-server.ts";
import type { Connections } from "./idle.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { observeRequests } from "./observe.ts";
import { allowOrigins } from "./origins.ts";
import { pageRoutes } from "./page.ts";
import { sendProblem } from "./problem.ts";
import { refuseBroken } from "./refuse-broken.ts";
import { allRoutes } from "./routes.ts";
import { setSecurityHeaders } from "./security-headers.ts";
import { manyBehind, trustedProxies } from "./trusted-proxies.ts";

const bodyLimitBytes = 1_000_000;

/** The whole service, not yet listening. */
export async function createServer(
	context: ServerContext,
	limits: Limits = defaultLimits,
): Promise<Server> {
	const { config, log } = context.service.app;
	const opened: Connections[] = [];
	let isEnding = false;
	const sharesAddress = manyBehind(config.server.trustedProxies);
	const server: Server = fastify({
		serverFactory: (handler) => {
			const { server: made, connections } = openHttpServer(handler, limits, sharesAddress);
			opened.push(connections);
			return made;
		},
		clientErrorHandler: refuseBroken,
		trustProxy: trustedProxies(config.server.trustedProxies),
		bodyLimit: bodyLimitBytes,
		genReqId: (request) => givenId(request.headers["x-request-id"]) ?? randomUUID(),
		logger: false,
		routerOptions: { maxParamLength: 800 },
		// Told here, Fastify does not load the ones that it would bring along.
		schemaController: {
			compilersFactory: {
				buildValidator: () => validatorCompiler as never,
				buildSerializer: () => serializerCompiler as never,
			},
		},
		forceCloseConnections: "idle",
		return503OnClosing: true,
	}).withTypeProvider<never>() as unknown as Server;
	server.setValidatorCompiler(validatorCompiler);
	server.setSerializerCompiler(serializerCompiler);
	observeRequests(server);
	server.setErrorHandler((error, request, reply) => {
		const known = asOnwaxError(error);
		if (isClientGone(request, error)) {
			log.info({ requestId: request.id }, "who asked went away");
		} else if (known === null || known.code === "ERR_INTERNAL") {
			const stack = error instanceof Error ? error.stack : String(error);
			log.error({ requestId: request.id, error: stack }, "a request failed");
		}
		return sendProblem(reply, known ?? error);
	});
	server.setNotFoundHandler({}, (_request, reply) =>
		sendProblem(reply, new OnwaxError("ERR_NOT_FOUND", "There is nothing at this address.")),
	);
	server.addHook("onSend", (request, reply, _payload, done) => {
		reply.header("x-request-id", request.id);
		if (isEnding) reply.header("connection", "close");
		done();
	});
	server.addHook("onResponse", (request, reply, done) => {
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
		done();
	});
	await server.register(cookie);
	setSecurityHeaders(server);
	checkHosts(server, context);
	server.addHook("onRequest", ({ url }, _reply, done) => {
		if (url.length <= limits.urlBytes) done();
		else done(new OnwaxError("ERR_TOO_LARGE", "The address is too long."));
	});
	allowOrigins(server, context);
	authorise(server, context);
	server.addHook("preClose", async () => {
		isEnding = true;
		for (const connections of opened) connections.end();
		// What is acknowledged is on disk; what is cut off here can be asked for, or sent, again.
		const cutAll = () => {
			for (const connections of opened) connections.cut();
		};
		setTimeout(cutAll, limits.graceSeconds * 1000).unref();
	});
	for (const routes of allRoutes) await routes(server, { ...context, limits });
	await pageRoutes(server, context);
	await server.ready();
	return server;
}

function givenId(header: string | string[] | undefined): string | null {
	// It goes into the log: a token that was put there by mistake does not.
	const isId = typeof header === "string" && /^(?!onwax_)[\w.-]{1,64}$/.test(header);
	return isId ? header : null;
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
