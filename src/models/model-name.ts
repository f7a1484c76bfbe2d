import { namesIn } from "../durable/names-in.ts";
import { OnwaxError } from "../errors.ts";
import { catalogue } from "./catalogue.ts";

/** What Windows keeps for its devices, whatever stands behind a dot. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Lies in the models folder itself (pins.ts). */
const ownFile = /^pins\.json$/i;

/** A name that is no path: what lies in the models folder under it can be listed and removed. */
export function isModelName(name: string): boolean {
	return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name) && !name.endsWith(".");
}

export function requireModelName(name: string): void {
	if (!isModelName(name)) throw unfit(name, "");
}

/**
 * Called before a model gets a name: it has to be one that every system can have, and not another
 * model's but for capitals, since many disks take both for the same folder.
 *
 * @throws ERR_NAME
 */
export async function requireNewName(modelsFolder: string, name: string): Promise<void> {
	if (devices.test(name)) throw unfit(name, ": Windows keeps it for a device");
	if (ownFile.test(name)) throw unfit(name, ": a file of the models folder is called so");
	const others = [...(await namesIn(modelsFolder)), ...catalogue.map((model) => model.name)];
	const same = others.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
	if (same === undefined) return;
	throw new OnwaxError(
		"ERR_NAME",
		`"${name}" differs only in capitals from the model ${same}, which some disks cannot tell apart.`,
		{ hint: "Choose another name for one that you bring: --name my-model." },
	);
}

function unfit(name: string, why: string): OnwaxError {
	return new OnwaxError(
		"ERR_NAME",
		`${JSON.stringify(name)} cannot be the name of a model${why}.`,
		{ hint: "Letters, digits, dots, dashes and underscores are possible: --name my-model." },
	);
}
