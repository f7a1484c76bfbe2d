import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { needs } from "../../test/outside-program.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { installServiceUnit, removeServiceUnit, serviceUnit } from "./service-unit.ts";

test("the unit starts the program with every word as it is, and holds no secret", () => {
	const unit = serviceUnit(["/opt/my node/bin/node", "/home/a$b/100%/onwax.js"]);
	assert.match(
		unit,
		/^ExecStart="\/opt\/my node\/bin\/node" \/home\/a\$\$b\/100%%\/onwax\.js serve$/m,
	);
	assert.match(unit, /^EnvironmentFile=-/m);
	assert.throws(() => serviceUnit(["onwax"]), { code: "ERR_USAGE" });
});

test("it is written, replaced and removed in the person's own folder", async (t) => {
	const homeDir = await tempFolder(t);
	const place = { env: {}, homeDir };
	const path = await installServiceUnit(["/usr/bin/onwax"], place);
	assert.equal(path, join(homeDir, ".config/systemd/user/onwax.service"));
	await installServiceUnit(["/usr/local/bin/onwax"], place);
	assert.match(await readFile(path, "utf8"), /ExecStart=\/usr\/local\/bin\/onwax serve/);
	assert.equal(await removeServiceUnit(place), path);
	assert.equal(await removeServiceUnit(place), null);
});

test("systemd understands it", async (t) => {
	if (!needs(t, "systemd-analyze", "systemd")) return;
	const folder = await tempFolder(t);
	const path = join(folder, "onwax.service");
	await writeFile(path, serviceUnit([process.execPath]));
	const verify = ["verify", "--user", path];
	// Without a session there is none; it only wants a place.
	const env = { ...process.env, XDG_RUNTIME_DIR: folder };
	const { stderr } = await promisify(execFile)("systemd-analyze", verify, { env });
	assert.equal(stderr, "");
});
