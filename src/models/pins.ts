import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { acquireLock } from "../durable/process-lock.ts";
import { publishFile } from "../durable/publish-file.ts";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import { incomingName, removeParts } from "./workplace.ts";

/**
 * What was first downloaded under a name whose hash nobody publishes. From then on it has to be the
 * same: whoever swaps the file at the publisher's is noticed.
 */
export type Pin = { sha256: string; sizeBytes: number; pinnedAt: string };

const schema = z.object({
	format: z.literal(1),
	pins: z.record(
		z.string(),
		z.object({
			sha256: z.string().regex(/^[0-9a-f]{64}$/),
			sizeBytes: z.number().int().nonnegative(),
			pinnedAt: z.string(),
		}),
	),
});

type Pins = Record<string, Pin>;

function pinsPath(modelsFolder: string): string {
	return join(modelsFolder, "pins.json");
}

async function readPins(modelsFolder: string): Promise<Pins> {
	const path = pinsPath(modelsFolder);
	let text: string;
	try {
		text = await readFile(path, "utf8");
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "ENOENT") return {};
		throw code === "EISDIR" ? unreadable(path, error) : error;
	}
	try {
		return schema.parse(JSON.parse(text)).pins;
	} catch (cause) {
		throw unreadable(path, cause);
	}
}

/** Going on without it would silently trust whatever comes. */
function unreadable(path: string, cause: unknown): OnwaxError {
	return new OnwaxError("ERR_DAMAGED", `${path} cannot be read.`, {
		hint: "Move it away: models without a published hash are then pinned anew at their next download.",
		cause,
	});
}

/** @throws ERR_DAMAGED where pins.json cannot be read */
export async function readPin(modelsFolder: string, name: string): Promise<Pin | null> {
	const pins = await readPins(modelsFolder);
	return Object.hasOwn(pins, name) ? (pins[name] ?? null) : null;
}

/** Adds a pin; two processes that pull different models do not lose each other's. */
export async function writePin(modelsFolder: string, name: string, pin: Pin): Promise<void> {
	const path = join(modelsFolder, incomingName, ".pins.lock");
	const lock = await acquireLock(path, { waitMs: 10_000 });
	if (lock === null) {
		throw new OnwaxError("ERR_LIBRARY_BUSY", "Another process is writing pins.json.", {
			retryable: true,
		});
	}
	try {
		await removeParts(modelsFolder, "pins.json");
		const pins = { ...(await readPins(modelsFolder)), [name]: pin };
		const text = `${JSON.stringify({ format: 1, pins }, null, "\t")}\n`;
		await publishFile(pinsPath(modelsFolder), text);
	} finally {
		lock.release();
	}
}
