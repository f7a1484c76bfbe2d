import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { layoutOf, shelfFolder } from "../archive/layout.ts";
import { isWriterAlive, listWriters } from "../archive/writer.ts";
import { listInputDevices } from "../capture/input-devices.ts";
import { openSqliteCatalogue } from "../catalogue/sqlite.ts";
import type { Config } from "../config/defaults.ts";
import { checkConfig } from "../config.ts";
import { exists } from "../durable/exists.ts";
import { sizeText } from "../durable/size-text.ts";
import { freeBytes, networkFileSystem, onSameDevice } from "../durable/volume.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { openMedia } from "../media/media.ts";
import { shelves } from "../recording.ts";
import { openSpeech } from "../speech/open-speech.ts";
import { listEngines } from "./engine-check.ts";
import { noEngine, openEngines } from "./engines.ts";
import { hasSoundDevice, loadDecibri } from "./play.ts";
import { sample } from "./sample.ts";

/** `warning`: something does not work that one may do without. */
export type Check = {
	name: string;
	state: "ok" | "warning" | "problem";
	message: string;
	hint: string | null;
	/** Stable code where it is an error. */
	code: string | null;
};

type Finding = Pick<Check, "state" | "message"> & Partial<Check>;
type Look = (config: Config, environment: NodeJS.ProcessEnv) => Promise<Finding>;

const detectorTimeMs = 30_000;

const ok = (message: string): Finding => ({ state: "ok", message });

/**
 * Looks at everything that the program stands on, and changes nothing.
 *
 * @param leaveOut names of checks that nobody needs to have made
 */
export async function* examine(
	environment: NodeJS.ProcessEnv,
	leaveOut: readonly string[] = [],
): AsyncGenerator<Check> {
	yield named("program", ok(`Node ${process.version}, SQLite ${process.versions.sqlite}`));
	let config: Config | null = null;
	yield named(
		"configuration",
		await safely(async () => {
			const checked = await checkConfig({ env: environment });
			config = checked.config;
			if (checked.problems.length === 0) {
				return ok(checked.fileExists ? checked.path : "none; the defaults apply");
			}
			const message = checked.problems.map((problem) => problem.message).join(" ");
			return {
				state: "problem",
				message,
				hint: `The file is ${checked.path}.`,
				code: "ERR_CONFIG",
			};
		}),
	);
	if (config === null) return;
	for (const [name, look] of Object.entries(looks)) {
		if (leaveOut.includes(name)) continue;
		yield named(name, await safely(() => look(config as Config, environment)));
	}
}

function named(name: string, finding: Finding): Check {
	return { name, hint: null, code: null, ...finding };
}

async function safely(look: () => Promise<Finding>): Promise<Finding> {
	try {
		return await look();
	} catch (thrown) {
		const { message, hint, code } = toOnwaxError(thrown);
		return { state: "problem", message, hint, code };
	}
}

const looks: Record<string, Look> = {
	library: async ({ dataDir }) => {
		if (!(await exists(dataDir))) return ok(`${dataDir} (made at the first import)`);
		const network = await networkFileSystem(dataDir);
		if (network !== null) {
			const hint =
				"Keep the library on a local disk: the locks of network file systems cannot be trusted.";
			return { state: "problem", message: `${dataDir} is on ${network}.`, hint };
		}
		const layout = layoutOf(dataDir);
		for (const shelf of shelves) {
			const folder = shelfFolder(layout, shelf);
			if (!(await exists(folder)) || (await onSameDevice(dataDir, folder))) continue;
			const hint = "It works, but every move between the folders is a copy.";
			return { state: "warning", message: `${folder} is on another device.`, hint };
		}
		const { mode } = await stat(dataDir);
		if (process.platform !== "win32" && (mode & 0o077) !== 0) {
			const hint = `chmod 700 ${dataDir}`;
			return {
				state: "warning",
				message: `Others on this machine can look into ${dataDir}.`,
				hint,
			};
		}
		return ok(dataDir);
	},
	disk: async ({ dataDir, minFreeSpaceMb }) => {
		if (!(await exists(dataDir))) return ok("looked at when the library is made");
		const [free, reserve] = [await freeBytes(dataDir), minFreeSpaceMb * 1e6];
		const message = `${sizeText(free, "down")} free; ${sizeText(reserve, "up")} are kept in reserve`;
		if (free >= reserve) return ok(message);
		const hint = "`onwax cleanup --older-than 30d --dry-run` shows what could go.";
		return { state: "problem", message, hint, code: "ERR_DISK_FULL" };
	},
	catalogue: async ({ dataDir }) => {
		const { catalogue: path, backups } = layoutOf(dataDir);
		if (!(await exists(path))) return ok("made with the library");
		const catalogue = await openSqliteCatalogue({ path, backupsDir: backups, readOnly: true });
		try {
			await catalogue.check();
			return ok("whole");
		} finally {
			await catalogue.close();
		}
	},
	crashes: async ({ dataDir }) => {
		const layout = layoutOf(dataDir);
		const dead: string[] = [];
		for (const id of await listWriters(layout)) {
			if (!(await isWriterAlive(layout, id))) dead.push(id);
		}
		if (dead.length === 0) return ok("nothing is left half done");
		const hint = "The next command puts it in order; so does `onwax recover`.";
		return { state: "warning", message: "A process was ended in the middle of its work.", hint };
	},
	decoder: async () => {
		const media = openMedia({ children: 1 });
		const scratch = await mkdtemp(join(tmpdir(), "onwax-doctor-"));
		try {
			const outputPath = join(scratch, "peaks.bin");
			await media.peaks(sample.path, { outputPath, sourceSha256: "0".repeat(64) });
			return ok("reads audio");
		} finally {
			await media.close();
			await rm(scratch, { recursive: true, force: true });
		}
	},
	detector: async ({ coverage }) => {
		if (!coverage.enabled) return ok("not asked for");
		const speech = openSpeech();
		try {
			const { detector, speaking } = await speech.listen(sample.path, {
				signal: AbortSignal.timeout(detectorTimeMs),
			});
			if (speaking.includes(1)) return ok(`${detector} hears speech`);
			throw new OnwaxError("ERR_ENGINE_OUTPUT", `${detector} hears nothing in speech.`);
		} catch (thrown) {
			const { message, code } = toOnwaxError(thrown);
			const hint = "Texts are made all the same; what they leave out is not noticed.";
			return { state: "warning", message, hint, code };
		} finally {
			await speech.close();
		}
	},
	engine: async (config, environment) => {
		const engines = openEngines(config, layoutOf(config.dataDir).models, environment, openSpeech());
		const chosen = (await listEngines(config, engines)).find((one) => one.isDefault);
		if (chosen === undefined) {
			const { code, hint } = noEngine();
			const message = "None was found. Audio is kept meanwhile.";
			return { state: "warning", message, hint, code };
		}
		const { name, why, check } = chosen;
		const message = `${name}, ${why}`;
		if (check.ok) return ok(message);
		return { state: "problem", message: `${message}. ${check.message}`, hint: check.hint };
	},
	microphone: async ({ record }, environment) => {
		if (record.microphone !== null) return ok(record.microphone.command.join(" "));
		const devices = await listInputDevices(environment);
		const device = devices.find(({ isDefault }) => isDefault) ?? devices[0];
		if (device) return ok(device.name);
		const hint = "Only `onwax record` needs one.";
		return { state: "warning", message: "There is no input to record from.", hint };
	},
	loudspeaker: async () => {
		const { outputDevices } = await loadDecibri();
		if (hasSoundDevice(outputDevices())) return ok("there is one");
		const hint = "Only `onwax play` needs one.";
		return { state: "warning", message: "There is no device to play sound on.", hint };
	},
};
