import assert from "node:assert/strict";
import { test } from "node:test";
import { platformFolders } from "./platform-folders.ts";

test("XDG variables win, relative ones are ignored, and each platform has its own place else", () => {
	const linux = { platform: "linux", homeDir: "/home/eve" } as const;
	assert.deepEqual(platformFolders({ ...linux, env: {} }), {
		configDir: "/home/eve/.config/onwax",
		dataDir: "/home/eve/.local/share/onwax",
	});
	assert.deepEqual(
		platformFolders({ ...linux, env: { XDG_CONFIG_HOME: "/c", XDG_DATA_HOME: "data" } }),
		{ configDir: "/c/onwax", dataDir: "/home/eve/.local/share/onwax" },
	);
	assert.equal(
		platformFolders({ platform: "darwin", homeDir: "/Users/eve", env: {} }).dataDir,
		"/Users/eve/Library/Application Support/onwax/data",
	);
	assert.deepEqual(
		platformFolders({
			platform: "win32",
			homeDir: "C:\\Users\\eve",
			env: { APPDATA: "C:\\Users\\eve\\AppData\\Roaming" },
		}),
		{
			configDir: "C:\\Users\\eve\\AppData\\Roaming\\onwax",
			dataDir: "C:\\Users\\eve\\AppData\\Local\\onwax\\data",
		},
	);
});
