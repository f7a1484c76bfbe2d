import { existsSync } from "node:fs";
import type { BegunCapture } from "../capture/begin-capture.ts";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import type { Cli } from "./command.ts";
import { formatAbout } from "./duration.ts";
import type { Session } from "./record-session.ts";
import { visible } from "./visible.ts";

/** Nothing could be begun with what was recorded: tells what is known of it, and returns what to throw. */
export function notBegun(cli: Cli, { sealed }: Session, thrown: unknown): unknown {
	const { capture, unsaved } = sealed;
	if (capture === null) return thrown;
	if (unsaved !== null) tellUnsaved(cli, unsaved);
	return notInPlace(capture, { isWhole: unsaved === null }, thrown);
}

/**
 * Says where the audio is, after having looked.
 *
 * @param isWhole the disk took all of it
 * @param places where it may be by now, if putting it in its place was tried
 */
export function notInPlace(
	{ folder }: BegunCapture,
	{ isWhole, places = [] }: { isWhole: boolean; places?: string[] },
	thrown: unknown,
): OnwaxError {
	const { code, message } = toOnwaxError(thrown);
	const found = [folder, ...places].find((path) => existsSync(path));
	if (found === undefined) {
		const gone = `${folder}, into which it was recorded, is gone: somebody removed it meanwhile.`;
		return new OnwaxError(code, `The recording is lost: ${message}`, { hint: gone, cause: thrown });
	}
	const what = isWhole ? "Its audio is safe in" : "What the disk took of it is in";
	return new OnwaxError(code, `The recording could not be put in its place: ${message}`, {
		hint: `${what} ${found}, and the next command that opens the library puts it there.`,
		cause: thrown,
	});
}

/** What the disk did not take, and where the end of the recording is instead. */
export function tellUnsaved(cli: Cli, unsaved: NonNullable<Session["sealed"]["unsaved"]>): void {
	const { error, rescued } = unsaved;
	cli.output.refusal(error, "The disk did not take the end of the recording");
	if (rescued === null) return;
	const { path, seconds } = rescued;
	cli.output.note(`The last ${formatAbout(seconds)} of it are in ${visible(path)}.`);
}
