import { readdir, readFile, unlink } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../durable/make-folder.ts";
import { publishFile } from "../durable/publish-file.ts";
import { syncFolder } from "../durable/sync-folder.ts";
import { OnwaxError, systemErrorCode, toOnwaxError } from "../errors.ts";
import { type Application, isApplication } from "./application.ts";

/*
 * `<dir>/applied/<id>.json` tells what one application of the lexicons to texts that were there does
 * to each of them. It is on disk before the first text is changed: whatever a crash leaves, every
 * text is either as before or as after, and which one its hash says.
 */

/** Older ones cannot be undone any more. */
const mostKept = 20;

/** Puts it on disk, in the place of what stood there of the same id. */
export async function writeApplication(dir: string, application: Application): Promise<void> {
	const folder = join(dir, "applied");
	try {
		await makeFolder(folder);
		const path = join(folder, `${application.id}.json`);
		await publishFile(path, `${JSON.stringify(application, null, "\t")}\n`);
		const kept = await applicationIds(dir);
		for (const id of kept.slice(mostKept)) await unlink(join(folder, `${id}.json`));
		if (kept.length > mostKept) await syncFolder(folder);
	} catch (error) {
		throw toOnwaxError(error, "ERR_IO");
	}
}

/** Those on disk, newest first. */
export async function applicationIds(dir: string): Promise<string[]> {
	try {
		const names = await readdir(join(dir, "applied"));
		return names
			.flatMap((name) => /^([0-9TZ-]+)\.json$/.exec(name)?.[1] ?? [])
			.sort()
			.reverse();
	} catch (error) {
		if (systemErrorCode(error) === "ENOENT") return [];
		throw toOnwaxError(error, "ERR_IO");
	}
}

/**
 * The applications that one undo takes back, newest first: the newest that was not undone and is not
 * passed over, and what it continues. Empty where there is none.
 *
 * @throws ERR_DAMAGED where one of them cannot be read; ERR_FORMAT_TOO_NEW
 */
export async function applicationsToUndo(
	dir: string,
	passedOver: ReadonlySet<string> = new Set(),
): Promise<Application[]> {
	const found: Application[] = [];
	for (const id of await applicationIds(dir)) {
		if (passedOver.has(id)) continue;
		const application = await readApplication(dir, id);
		const wanted = found.at(-1)?.continues;
		if (wanted === undefined ? application.undoneAt !== null : id !== wanted) continue;
		found.push(application);
		if (application.continues === null) break;
	}
	return found;
}

async function readApplication(dir: string, id: string): Promise<Application> {
	let value: unknown;
	try {
		value = JSON.parse(await readFile(join(dir, "applied", `${id}.json`), "utf8"));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw toOnwaxError(error, "ERR_IO");
	}
	const { format } = (value ?? {}) as Partial<Record<keyof Application, unknown>>;
	if (typeof format === "number" && format > 1) {
		throw new OnwaxError(
			"ERR_FORMAT_TOO_NEW",
			`lexicons/applied/${id}.json has format ${format}.`,
			{
				hint: "It was written by a newer Onwax: update this one.",
			},
		);
	}
	if (isApplication(value) && value.id === id) return value;
	throw new OnwaxError("ERR_DAMAGED", `lexicons/applied/${id}.json cannot be read.`, {
		hint: "No text is affected. Move the file away: what it tells of cannot be undone any more.",
	});
}

/** A time as an id: `2026-11-21T15-04-05-123Z`. */
export function applicationId(startedAt: string): string {
	return startedAt.replace(/[:.]/g, "-");
}
