/** The service with a page, as a process that can be killed: `node page-service.ts FOLDER PORT PAGE`. */
import { join } from "node:path";
import { openGuard } from "../../src/app/access.ts";
import { openApp } from "../../src/app/open-app.ts";
import { openService } from "../../src/app/service.ts";
import { loadConfig } from "../../src/config.ts";
import { silentLogger } from "../../src/logger.ts";
import { listen } from "../../src/server/listen.ts";
import { createServer } from "../../src/server/server.ts";

const [dataDir, port, webFolder] = process.argv.slice(2);
if (!dataDir || !port || !webFolder) throw new Error("which folder, port and page?");
const env = { ONWAX_DATA_DIR: dataDir, XDG_CONFIG_HOME: join(dataDir, "no-config") };
const { config } = await loadConfig({ env, homeDir: dataDir });
const app = await openApp({
	config: { ...config, minFreeSpaceMb: 0, compress: "none" },
	...{ appVersion: "0.1.0", log: silentLogger, environment: {} },
	notices: { onRebuild() {}, onRebuildProgress() {}, onRebuilt() {}, onHealed() {} },
});
const guard = await openGuard({ dataDir, log: silentLogger });
const service = await openService(app, env, { worker: false });
const server = await createServer({ service, ...guard, webFolder });
const url = await listen(server, "127.0.0.1", Number(port));
const { secret: token } = await guard.access.createToken({
	...{ name: `test ${process.pid}`, scopes: ["read"] },
});
process.stdout.write(`${JSON.stringify({ url, link: guard.access.linkSecret, token })}\n`);
