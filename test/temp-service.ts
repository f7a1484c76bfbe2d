import type { TestContext } from "node:test";
import { type Access, openAccess } from "../src/access/access.ts";
import { type Scope, scopes } from "../src/access/caller.ts";
import type { App } from "../src/app/open-app.ts";
import { openService, type Service } from "../src/app/service.ts";
import type { Config } from "../src/config/defaults.ts";
import { listen } from "../src/server/listen.ts";
import { createServer } from "../src/server/server.ts";
import { openTempApp } from "./temp-app.ts";

export type TempService = {
	url: string;
	app: App;
	service: Service;
	access: Access;
	/** A token that may do everything. */
	token: string;
	tokenFor(...scopes: Scope[]): Promise<string>;
	/** Asks with that token; `path` begins with a slash. */
	ask(path: string, init?: RequestInit): Promise<Response>;
	close(): Promise<void>;
};

/** The service on loopback, over a library of the test's own. `works`: with a worker. */
export async function startTempService(
	t: TestContext,
	settings: Partial<Config> = {},
	{ works = false, webFolder = null }: { works?: boolean; webFolder?: string | null } = {},
): Promise<TempService> {
	const app = await openTempApp(t, settings);
	const access = await openAccess();
	const service = await openService(app, {}, { worker: works });
	const server = await createServer({ service, access, webFolder });
	const url = await listen(server, "127.0.0.1", 0);
	const tokenFor = async (...wanted: Scope[]) =>
		(await access.createToken({ name: "test", scopes: wanted })).secret;
	const token = await tokenFor(...scopes);
	let closing: Promise<void> | null = null;
	const close = () => {
		closing ??= server.close().then(() => service.stop());
		return closing;
	};
	t.after(close);
	return {
		...{ url, app, service, access, token, tokenFor, close },
		ask: (path, init = {}) =>
			fetch(`${url}${path}`, {
				...init,
				headers: { authorization: `Bearer ${token}`, ...init.headers },
			}),
	};
}
