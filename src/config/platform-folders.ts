import { posix, win32 } from "node:path";

/** What decides where a person's files belong; given by the caller so that every platform can be tested anywhere. */
export type Surroundings = {
	platform: NodeJS.Platform;
	env: NodeJS.ProcessEnv;
	homeDir: string;
};

export type PlatformFolders = {
	/** Holds `config.json`. */
	configDir: string;
	/** Holds the library. */
	dataDir: string;
};

/**
 * The folders of Onwax on this platform: the XDG base directories where they are set or where the
 * platform has no place of its own, else Application Support (macOS) or AppData (Windows). A
 * relative XDG variable is ignored, as the XDG Base Directory Specification asks.
 */
export function platformFolders({ platform, env, homeDir }: Surroundings): PlatformFolders {
	const { join, isAbsolute } = platform === "win32" ? win32 : posix;
	const fromXdg = (variable: string) => {
		const folder = env[variable];
		return folder && isAbsolute(folder) ? join(folder, "onwax") : null;
	};
	const own = ownFolders(platform, env, homeDir);
	return {
		configDir: fromXdg("XDG_CONFIG_HOME") ?? own.configDir,
		dataDir: fromXdg("XDG_DATA_HOME") ?? own.dataDir,
	};
}

function ownFolders(
	platform: NodeJS.Platform,
	env: NodeJS.ProcessEnv,
	homeDir: string,
): PlatformFolders {
	switch (platform) {
		case "darwin": {
			const support = posix.join(homeDir, "Library", "Application Support", "onwax");
			return { configDir: support, dataDir: posix.join(support, "data") };
		}
		case "win32": {
			const roaming = env.APPDATA || win32.join(homeDir, "AppData", "Roaming");
			const local = env.LOCALAPPDATA || win32.join(homeDir, "AppData", "Local");
			return {
				configDir: win32.join(roaming, "onwax"),
				dataDir: win32.join(local, "onwax", "data"),
			};
		}
		default:
			return {
				configDir: posix.join(homeDir, ".config", "onwax"),
				dataDir: posix.join(homeDir, ".local", "share", "onwax"),
			};
	}
}
