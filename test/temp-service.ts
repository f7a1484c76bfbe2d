import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Access, openAccess } from "../src/access/access.ts";
import { type Scope, scopes } from "../src/access/caller.ts";
import type { App } from "../src/app/open-app.ts";
import { openService, type Service } from "../src/app/service.ts";
import { openAudit } from "../src/audit/audit.ts";
import type { Config } from "../src/config/defaults.ts";
import type { Logger } from "../src/logger.ts";
import { defaultLimits, type Limits } from "../src/server/limits.ts";
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
	{
		works = false,
		webFolder = null,
		variables = {},
		limits = {},
		log = undefined,
	}: {
		works?: boolean;
		webFolder?: string | null;
		variables?: Record<string, string>;
		limits?: Partial<Limits>;
		log?: Logger | undefined;
	} = {},
): Promise<TempService> {
	// Hooks run in the order in which they are given: the service ends before its library.
	let close = async () => {};
	t.after(() => close());
	const app = await openTempApp(t, settings, log);
	const { access: folder, audit: auditFolder } = app.library.layout;
	const access = await openAccess({ folder, log: app.log });
	const audit = openAudit({ folder: auditFolder, log: app.log });
	const { dataDir } = app.config;
	// Nobody's own settings: what is changed over HTTP is written below the test's folder.
	const environment = {
		ONWAX_DATA_DIR: dataDir,
		XDG_CONFIG_HOME: join(dataDir, "no-config"),
		...variables,
	};
	const service = await openService(app, environment, { worker: works });
	const server = await createServer(
		{ service, access, audit, webFolder },
		{ ...defaultLimits, ...limits },
	);
	const url = await listen(server, "127.0.0.1", 0);
	let tokens = 0;
	const tokenFor = async (...wanted: Scope[]) => {
		tokens += 1;
		return (await access.createToken({ name: `test ${tokens}`, scopes: wanted })).secret;
	};
	const token = await tokenFor(...scopes);
	let closing: Promise<void> | null = null;
	close = () => {
		closing ??= server
			.close()
			.then(() => service.stop())
			.then(() => access.close())
			.then(() => audit.close());
		return closing;
	};
	return {
		...{ url, app, service, access, token, tokenFor, close },
		ask: (path, init = {}) =>
			fetch(`${url}${path}`, {
				...init,
				headers: { authorization: `Bearer ${token}`, ...init.headers },
			}),
	};
}
