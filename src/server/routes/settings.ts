import type { Setting } from "../../app/settings.ts";
import { OnwaxError } from "../../errors.ts";
import type { Routes } from "../context.ts";
import type { Setting as SettingJson } from "../contract/settings.ts";
import { settings, settingsPatch, settingsPatched } from "../contract/settings.ts";

/** Later: what the configuration is checked with takes a good part of a start. */
const loadSettings = () => import("../../app/settings.ts");

const tags = ["Settings"];

export const settingsRoutes: Routes = (server, { service, audit }) => {
	async function shown() {
		const { listSettings } = await loadSettings();
		const { settings, path } = await listSettings(service);
		return { settings: settings.map(settingJson), path };
	}

	server.get(
		"/api/v1/settings",
		{
			config: { scope: "admin" },
			schema: {
				tags,
				summary: "Everything that can be set, and where each value is from",
				description: "Nothing secret is in it: keys are in the environment, and stay there.",
				response: { 200: settings },
			},
		},
		async () => shown(),
	);

	/** Two changes at once would each be made to the file as it was before the other. */
	let changing: Promise<unknown> = Promise.resolve();
	server.patch(
		"/api/v1/settings",
		{
			config: { scope: "admin" },
			schema: {
				tags,
				summary: "Change settings: all of these, or none",
				description:
					"They are written into the configuration's file, and count at once where `needsRestart` does not say otherwise. What could run programs, send keys elsewhere or open the service to others is refused with 403; the service's own machine can change it.",
				body: settingsPatch,
				response: { 200: settingsPatched },
			},
		},
		async ({ body, caller, ip }) => {
			const changes = new Map<string, unknown>(Object.entries(body.set ?? {}));
			for (const key of body.unset ?? []) {
				if (changes.has(key)) {
					throw new OnwaxError("ERR_USAGE", `${key} is to be set and unset at once.`);
				}
				changes.set(key, undefined);
			}
			const { changeSettings } = await loadSettings();
			const turn = changing.then(() => changeSettings(service, changes));
			changing = turn.catch(() => {});
			const { waitingForRestart } = await turn;
			const detail = { keys: [...changes.keys()].join(", ") };
			await audit.note({ caller, address: ip, action: "settings", detail });
			return { ...(await shown()), waitingForRestart };
		},
	);
};

function settingJson({ key, ...setting }: Setting): SettingJson {
	const [section = "", ...more] = key.split(".");
	return { key, section: more.length > 0 ? section : "general", ...setting };
}
