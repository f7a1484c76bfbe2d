import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Edit } from "../app/edit.ts";
import { OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";

/**
 * Opens title, tags, description and text as one page in the person's own editor.
 *
 * @returns what they changed; null where they changed nothing
 * @throws ERR_USAGE where the page cannot be read back; it is then left where the message says
 */
export async function editInEditor(
	recording: Recording,
	environment: NodeJS.ProcessEnv,
): Promise<Edit | null> {
	const folder = await mkdtemp(join(tmpdir(), "onwax-edit-"));
	const path = join(folder, "recording.txt");
	const before = pageOf(recording);
	await writeFile(path, before, { mode: 0o600 });
	await runEditor(environment.VISUAL || environment.EDITOR || "vi", path);
	const after = await readFile(path, "utf8");
	const edit = after === before ? null : readPage(after, recording);
	if (edit === "unreadable") {
		throw new OnwaxError(
			"ERR_USAGE",
			"The page begins with Title:, Tags:, Description: and a line of dashes.",
			{
				hint: `Yours is kept in ${path}.`,
			},
		);
	}
	await rm(folder, { recursive: true, force: true });
	return edit;
}

const rule = "-".repeat(40);

/** The page: three lines of fields, a line of dashes, and the text where there is one. */
export function pageOf({ metadata, transcript }: Recording): string {
	const fields = [
		`Title: ${metadata.title ?? ""}`,
		`Tags: ${metadata.tags.join(", ")}`,
		`Description: ${(metadata.description ?? "").replaceAll("\n", "\n  ")}`,
		rule,
	];
	return `${fields.join("\n")}\n${transcript ? `${transcript.text}\n` : ""}`;
}

/** What a changed page asks for; fields that were not touched are left out. */
export function readPage(page: string, recording: Recording): Edit | "unreadable" {
	const match =
		/^Title:(?<title>.*)\r?\nTags:(?<tags>.*)\r?\nDescription:(?<description>[\s\S]*?)\r?\n-{8,}\r?(?:\n(?<text>[\s\S]*))?$/.exec(
			page,
		);
	if (!match?.groups) return "unreadable";
	const { title = "", tags = "", description = "", text = "" } = match.groups;
	const { metadata, transcript } = recording;
	const edit: Edit = {};
	if (title.trim() !== (metadata.title ?? "")) edit.title = title.trim();
	const wanted = tags.split(",").map((tag) => tag.trim());
	const all = wanted.filter((tag) => tag !== "");
	if (all.join(",") !== metadata.tags.join(",")) edit.tags = all;
	const about = description.trim().replace(/\n {1,2}/g, "\n");
	if (about !== (metadata.description ?? "")) edit.description = about;
	if (transcript && text.trim() !== transcript.text.trim()) edit.text = text;
	return edit;
}

/** The editor is a command line of its own, such as `code --wait`; the shell reads it, as git does. */
async function runEditor(editor: string, path: string): Promise<void> {
	const child =
		process.platform === "win32"
			? spawn(`${editor} "${path}"`, { shell: true, stdio: "inherit" })
			: spawn("/bin/sh", ["-c", `${editor} "$1"`, "onwax", path], { stdio: "inherit" });
	await new Promise<void>((done, fail) => {
		child.on("error", fail);
		child.on("exit", (status, signal) => {
			if (status === 0) return done();
			fail(
				new OnwaxError("ERR_USAGE", `The editor ended with ${signal ?? `status ${status}`}.`, {
					hint: "Nothing was changed. Set EDITOR to the editor that you like.",
				}),
			);
		});
	});
}
