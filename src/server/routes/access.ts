import { z } from "zod";
import { isLoopback } from "../../access/loopback.ts";
import { OnwaxError } from "../../errors.ts";
import { sessionCookie } from "../authorise.ts";
import type { Routes } from "../context.ts";
import { accessState, createdToken, newToken, passwordPut, tokenList } from "../contract/access.ts";
import { addressKey, openRateLimit } from "../rate-limit.ts";

const tags = ["access"];
const dayMs = 86_400_000;

export const accessRoutes: Routes = (server, { access, audit, service }) => {
	const tries = openRateLimit(() => ({ perMinute: 6, burst: 5 }));

	server.get(
		"/api/v1/access",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "How this service is guarded" },
				response: { 200: accessState },
			},
		},
		async () => {
			const bound = server.server.address();
			const loopbackOnly = bound !== null && typeof bound === "object" && isLoopback(bound.address);
			return { ...(await access.state()), loopbackOnly };
		},
	);

	server.get(
		"/api/v1/tokens",
		{
			config: { scope: "admin" },
			schema: { ...{ tags, summary: "All tokens" }, response: { 200: tokenList } },
		},
		async () => ({ tokens: await access.tokens() }),
	);

	server.post(
		"/api/v1/tokens",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Make a token" },
				description:
					"Its secret is in this answer and nowhere else. A token makes only such that may do no more than itself.",
				body: newToken,
				response: { 201: createdToken },
			},
		},
		async (request, reply) => {
			const { name, scopes, expiresInDays } = request.body;
			const expiresAt =
				expiresInDays === undefined ? null : new Date(Date.now() + expiresInDays * dayMs);
			const { caller, ip: address } = request;
			const { id, secret } = await access.createToken({ name, scopes, expiresAt, by: caller });
			const detail = { id, name, scopes };
			await audit.note({ caller, address, action: "token-create", detail });
			service.events.tell({ type: "settings" });
			const token = (await access.tokens()).find((one) => one.id === id);
			if (token === undefined) {
				throw new OnwaxError("ERR_CONFLICT", "Somebody revoked it at the same moment.");
			}
			reply.code(201);
			return { token, secret };
		},
	);

	server.delete(
		"/api/v1/tokens/:id",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Revoke a token" },
				params: z.strictObject({ id: z.string().max(100) }),
				response: { 204: z.null() },
			},
		},
		async (request, reply) => {
			const { id, name } = await access.revokeToken(request.params.id);
			const { caller, ip: address } = request;
			await audit.note({ caller, address, action: "token-revoke", detail: { id, name } });
			service.events.tell({ type: "settings" });
			return reply.code(204).send(null);
		},
	);

	server.put(
		"/api/v1/password",
		{
			config: { scope: "admin" },
			schema: {
				...{ tags, summary: "Set the password, or remove it" },
				description:
					"Whoever signed in with the old one is signed out, but for the browser that asks. It gives the old one as `current`. A token may not do this.",
				body: passwordPut,
				response: { 204: z.null() },
			},
		},
		async (request, reply) => {
			const { caller, ip: address } = request;
			const { password, current } = request.body;
			const session = request.cookies[sessionCookie] ?? null;
			// A token that was stolen is not to become a person, nor to lock one out.
			if (caller?.kind !== "session") {
				throw new OnwaxError("ERR_FORBIDDEN", "A token cannot change the password.", {
					hint: "Sign in in a browser, or use `onwax password set`.",
				});
			}
			// Somebody at an unlocked screen is not to lock its owner out.
			if ((await access.state()).hasPassword) {
				const key = addressKey(address);
				tries.take(key);
				if (!(await access.isPassword(current ?? ""))) {
					throw new OnwaxError("ERR_FORBIDDEN", "That is not the password that counts now.", {
						hint: "Who has forgotten it sets another one with `onwax password set`.",
					});
				}
				tries.giveBack(key);
			}
			await access.setPassword(password, { session });
			const action = password === null ? "password-remove" : "password-set";
			await audit.note({ caller, address, action });
			service.events.tell({ type: "settings" });
			return reply.code(204).send(null);
		},
	);
};
