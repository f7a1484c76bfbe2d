import { parseConfigText, readConfigText } from "../config/config-file.ts";
import { nearest, valueAt } from "../config/known-keys.ts";
import { listSettingFacts, type SettingFacts, settingKeys } from "../config/setting-facts.ts";
import { validateSettings } from "../config/validate.ts";
import { configChange, loadConfig } from "../config.ts";
import { OnwaxError } from "../errors.ts";
import type { Service } from "./service.ts";
import { lockOf, needsRestart } from "./settings-lock.ts";
import { withoutSecrets } from "./settings-shown.ts";

export type Setting = SettingFacts & {
	/** What is set, with whatever may be a secret left out. */
	value: unknown;
	origin: "default" | "file" | "environment";
	needsRestart: boolean;
	/** Why it cannot be changed from afar; null: it can. */
	lockedBecause: string | null;
};

/** Everything that can be set, where each value is from, and who may change it. */
export async function listSettings({
	environment,
}: Pick<Service, "environment">): Promise<{ settings: Setting[]; path: string }> {
	const env = { ...environment };
	const { config, path, fileExists } = await loadConfig({ env });
	const file = fileExists ? parseConfigText(path, readConfigText(path) ?? "{}") : {};
	const fromEnvironment = validateSettings(file, env).environment;
	const settings = listSettingFacts().map((facts): Setting => {
		const keyPath = facts.key.split(".");
		const set = keyPath
			.map((_, index) => fromEnvironment.get(keyPath.slice(0, index + 1).join(".")))
			.find((one) => one !== undefined);
		const isInFile = valueAt(file, keyPath) !== undefined;
		return {
			...facts,
			value: withoutSecrets(facts.key, valueAt(config, keyPath)),
			origin: set ? "environment" : isInFile ? "file" : "default",
			needsRestart: needsRestart(facts.key),
			lockedBecause: set
				? `${set.variable} in the service's environment sets it.`
				: lockOf(facts.key, undefined, environment),
		};
	});
	return { settings, path };
}

/**
 * Changes settings of a service that runs: all of them or none are written, then they count.
 *
 * @param changes undefined takes a key out, so that its default counts
 * @returns the keys that wait for a restart
 * @throws ERR_FORBIDDEN for a key that nobody may change from afar; ERR_CONFIG
 */
export async function changeSettings(
	service: Pick<Service, "environment" | "reconfigure">,
	changes: ReadonlyMap<string, unknown>,
): Promise<{ waitingForRestart: string[] }> {
	const { environment } = service;
	const env = { ...environment };
	const { settings } = await listSettings(service);
	for (const [key, value] of changes) {
		requireKey(key);
		const root = settings.find((one) => one.key === key || key.startsWith(`${one.key}.`));
		const isSetElsewhere = root?.origin === "environment";
		const because = isSetElsewhere ? root.lockedBecause : lockOf(key, value, environment);
		if (because === null) continue;
		throw new OnwaxError("ERR_FORBIDDEN", `${key} cannot be changed here. ${because}`, {
			hint: isSetElsewhere
				? "Change it there, and start the service again."
				: `On the service's machine, \`onwax config set ${key} VALUE\` changes it.`,
		});
	}
	await configChange(changes, { env });
	const { config } = await loadConfig({ env });
	await service.reconfigure(config);
	return { waitingForRestart: [...changes.keys()].filter(needsRestart) };
}

/** A key that holds a value, or an engine's name below `engines`: no section, and nothing inside one. */
function requireKey(key: string): void {
	const keys = settingKeys().map((known) => known.key);
	if (keys.includes(key) || /^engines\.[A-Za-z0-9][\w-]{0,63}$/.test(key)) return;
	const meant = nearest(key, keys);
	throw new OnwaxError("ERR_CONFIG", `${JSON.stringify(key.slice(0, 100))} is no setting.`, {
		hint: meant ? `Did you mean ${meant}?` : "GET /api/v1/settings lists all of them.",
	});
}
