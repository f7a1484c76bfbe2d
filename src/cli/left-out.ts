import { keptTranscript } from "../app/export.ts";
import type { App } from "../app/open-app.ts";
import { OnwaxError } from "../errors.ts";
import type { Recording } from "../recording.ts";
import type { Cli } from "./command.ts";
import { visible } from "./visible.ts";

export function leftOut(reason: string): string {
	return `Corrections were left out: ${visible(reason)} \`onwax lexicon list\` shows more; \`onwax lexicon apply --all\` makes up for it.`;
}

/** Says of the first of many texts that lacks its corrections why it does; the others are alike. */
export function leftOutNote(cli: Cli, app: App): (recording: Recording) => Promise<void> {
	let told = false;
	return async (recording) => {
		if (told || recording.metadata.state !== "success") return;
		const reason = await reasonOf(app, recording);
		if (reason === null || told) return;
		told = true;
		cli.output.note(leftOut(reason));
	};
}

async function reasonOf(app: App, recording: Recording): Promise<string | null> {
	try {
		return (await keptTranscript(app.library.layout, recording))?.lexiconError ?? null;
	} catch (error) {
		// Another program moved or changed it since: `show` and `validate` say what is wrong with it.
		if (error instanceof OnwaxError) return null;
		throw error;
	}
}
