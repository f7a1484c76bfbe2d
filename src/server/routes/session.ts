import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import type { Session } from "../../access/sessions.ts";
import { OnwaxError, toOnwaxError } from "../../errors.ts";
import { sessionCookie } from "../authorise.ts";
import type { Routes } from "../context.ts";
import { type CallerJson, caller, sessionList, signIn, signInWays } from "../contract/access.ts";
import { addressKey, openRateLimit } from "../rate-limit.ts";

const tags = ["access"];

/** Who mistypes a password has these at once, and then one every ten seconds. */
const triesPerAddress = { perMinute: 6, burst: 5 };
/** From everywhere together: a password is worth guessing from many addresses. */
const triesOfAll = { perMinute: 30, burst: 30 };

export const sessionRoutes: Routes = (server, { access, audit, service }) => {
	const byAddress = openRateLimit(() => triesPerAddress);
	const byAll = openRateLimit(() => triesOfAll);

	server.get(
		"/api/v1/sign-in",
		{
			config: { scope: "public" },
			schema: {
				...{ tags, summary: "In which ways one can sign in" },
				response: { 200: signInWays },
			},
		},
		async () => ({ password: (await access.state()).hasPassword }),
	);

	server.post(
		"/api/v1/session",
		{
			bodyLimit: 10_000,
			config: { scope: "public" },
			schema: {
				...{ tags, summary: "Sign a browser in" },
				description:
					"With the link's secret or the password. The answer sets a cookie that scripts cannot read.",
				body: signIn,
				response: { 200: caller },
			},
		},
		async (request, reply) => {
			const { ip: address, body } = request;
			const by = "secret" in body ? "link" : "password";
			const key = addressKey(address);
			// A link is not guessed: its owner gets in however many others try.
			const limits = [
				...[{ limit: byAddress, key: `${by} ${key}` }],
				...(by === "password" ? [{ limit: byAll, key: "all" }] : []),
			];
			if (by === "password") for (const { limit, key } of limits) limit.take(key);
			const { sessionDays } = service.app.config.server;
			try {
				const from = { address, agent: request.headers["user-agent"] ?? null };
				const { session, caller, expiresAt } = await access.signIn(body, { sessionDays, from });
				if (by === "password") for (const { limit, key } of limits) limit.giveBack(key);
				reply.setCookie(sessionCookie, session, {
					...{ httpOnly: true, sameSite: "strict", path: "/", expires: expiresAt },
					secure: request.protocol === "https",
				});
				await audit.note({ caller, address, action: "sign-in", detail: { by } });
				return callerJson(caller);
			} catch (error) {
				const { code } = toOnwaxError(error);
				if (code === "ERR_AUTH") {
					// Who tries on and on is noted as often as anybody may try, and not for ever.
					if (by === "link") for (const { limit, key } of limits) limit.take(key);
					await audit.note({ caller: null, address, action: "sign-in-failed", detail: { by } });
				}
				throw error;
			}
		},
	);

	server.get(
		"/api/v1/session",
		{
			config: { scope: "read" },
			schema: { ...{ tags, summary: "Who asks" }, response: { 200: caller } },
		},
		async (request) => callerJson(known(request.caller)),
	);

	server.delete(
		"/api/v1/session",
		{
			config: { scope: "read" },
			schema: { ...{ tags, summary: "Sign this browser out" }, response: { 204: z.null() } },
		},
		async (request, reply) => {
			const session = request.cookies[sessionCookie];
			if (session !== undefined && (await access.signOut(session))) {
				const { caller, ip: address } = request;
				await audit.note({ caller, address, action: "sign-out" });
			}
			return reply.clearCookie(sessionCookie, { path: "/" }).code(204).send(null);
		},
	);

	server.get(
		"/api/v1/sessions",
		{
			config: { scope: "admin" },
			schema: { ...{ tags, summary: "Who is signed in" }, response: { 200: sessionList } },
		},
		async ({ caller }) => ({
			sessions: (await access.sessions()).map((one) => ({
				...one,
				isCurrent: one.id === caller?.id,
			})),
		}),
	);

	const note = async ({ caller, ip: address }: FastifyRequest, ended: readonly Session[]) => {
		await Promise.all(
			ended.map(({ id, by, createdAt }) =>
				audit.note({ caller, address, action: "session-revoke", detail: { id, by, createdAt } }),
			),
		);
		service.events.tell({ type: "settings" });
	};
	server.delete(
		"/api/v1/sessions/:id",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Sign one browser out" },
				params: z.strictObject({ id: z.string().max(100) }),
				response: { 204: z.null() },
			},
		},
		async (request, reply) => {
			await note(request, [await access.revokeSession(request.params.id)]);
			return reply.code(204).send(null);
		},
	);

	server.delete(
		"/api/v1/sessions",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Sign all browsers out but the one that asks" },
				response: { 200: z.object({ revoked: z.int() }) },
			},
		},
		async (request) => {
			const ended = await access.revokeOtherSessions(known(request.caller).id);
			await note(request, ended);
			return { revoked: ended.length };
		},
	);
};

function callerJson({ name, kind, scopes }: Caller): CallerJson {
	return { name, kind, scopes: [...scopes] };
}

/** A route with a scope has a caller. */
export function known(caller: Caller | null): Caller {
	if (caller === null) throw new OnwaxError("ERR_AUTH", "Onwax does not know who asks.");
	return caller;
}
