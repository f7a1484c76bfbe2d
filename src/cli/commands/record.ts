import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { Command } from "commander";
import { startRecording } from "../../app/record.ts";
import { layoutOf } from "../../archive/layout.ts";
import { openMicrophoneOf } from "../../capture/microphone-open.ts";
import type { Config } from "../../config/defaults.ts";
import { loadConfig } from "../../config.ts";
import { toOnwaxError } from "../../errors.ts";
import { openSpeech } from "../../speech/open-speech.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { notBegun } from "../not-in-place.ts";
import { collect, notEmpty, oneOf, sampleRate, seconds } from "../parse.ts";

import { type RecordFlags, wantedRecording } from "../record-options.ts";
import { isCtrlC, recordSession, type Session } from "../record-session.ts";

export const summary = "Record from a microphone, then print the text";

export const examples: Example[] = [
	["onwax record", "until Enter, Ctrl-C or `onwax stop`"],
	["onwax record --title Standup --tag work --stop-after 30s", "ends after 30 s of silence"],
	["onwax record --toggle --copy", "for a key: begins, or ends what goes on"],
	["onwax record --start-on-speech > note.txt", "waits for the first word"],
];

export function define(command: Command, act: Act): void {
	command
		.option("--title <title>", "what to call it")
		.option("--tag <tag>", "a tag; may be repeated", collect)
		.option("--device <device>", "`onwax device list` shows them", notEmpty)
		.option("--stop-after <time>", "end after so long without speech, such as 30s", seconds)
		.option("--max <time>", "the longest it becomes, such as 2h", seconds)
		.option("--rate <hertz>", "samples per second", sampleRate)
		.option("--channels <n>", "1 or 2", (text: string) => Number(oneOf(["1", "2"])(text)))
		.option("--start-on-speech", "begin with the first word")
		.option("--pre-roll <time>", "what to keep of the time before it (1s)", seconds)
		.option("--engine <name>", "which engine makes the text", notEmpty)
		.option("--copy", "put the text into the clipboard")
		.option("--no-wait", "keep the audio, do not wait for the text")
		.option("--toggle", "begin, or end what is being recorded")
		.action(act(run));
}

export async function run(cli: Cli, flags: RecordFlags): Promise<ExitStatus> {
	// Loading the program would let the heap's youngest part grow to many times what recording needs.
	setFlagsFromString("--semi-space-growth-factor=1");
	const { config } = await loadConfig({ env: cli.environment });
	if (!flags.toggle) return record(cli, config, flags, () => {});
	try {
		const { toggle } = await import("../record-toggle.ts");
		const device = flags.device ?? null;
		const toggled = await toggle(cli, layoutOf(config.dataDir), device);
		if (toggled.kind === "stopped") return exitStatus.done;
		const release = once(toggled.release);
		try {
			return await record(cli, config, flags, release);
		} finally {
			release();
		}
	} catch (error) {
		await showFailure(cli, config, error);
		throw error;
	}
}

async function record(
	cli: Cli,
	config: Config,
	flags: RecordFlags,
	onStarted: () => void,
): Promise<ExitStatus> {
	const wanted = wantedRecording(flags, config);
	if (wanted.engine !== null) await requireEngine(cli, config, wanted.engine);
	const open = openMicrophoneOf(config.record.microphone?.command ?? null, cli.environment);
	const ended = Promise.withResolvers<Session>();
	let reporting: Promise<ExitStatus> | null = null;
	const session = await recordSession(cli, config, {
		start: (onNotice) => startRecording(config, open, { ...wanted, onNotice, signal: cli.signal }),
		onStarted,
		// Whoever has spoken waits for the text: the library is opened while the microphone hands over its
		// last samples. Not before, for it is large, and a recording is to be small and undisturbed.
		onStopping({ writer }) {
			setFlagsFromString("--semi-space-growth-factor=2");
			reporting = (async () => {
				const report = await loadReport().catch(async (thrown: unknown) => {
					throw notBegun(cli, await ended.promise, thrown);
				});
				return report(cli, writer, ended.promise, wanted);
			})();
			reporting.catch(() => {});
		},
	});
	// From here on Ctrl-C means what it means elsewhere; another signal is to be obeyed soon.
	if (isCtrlC(cli.signal)) cli.interrupts.renew();
	ended.resolve(session);
	return reporting ?? exitStatus.failed;
}

/** Loading holds everything else up; between its parts the microphone and the disk get on. */
async function loadReport() {
	await nextTurn();
	await import("../../library/finish-capture.ts");
	await nextTurn();
	await import("../../app/open-app.ts");
	await nextTurn();
	return (await import("../record-report.ts")).reportRecording;
}

/** A name that is none is told now, and not after an hour of talking. */
async function requireEngine(cli: Cli, config: Config, name: string): Promise<void> {
	if (Object.hasOwn(config.engines, name)) return;
	const { openEngines } = await import("../../app/engines.ts");
	await openEngines(
		config,
		layoutOf(config.dataDir).models,
		cli.environment,
		openSpeech(),
	).engineFor(name);
}

/** Behind a key there is no terminal: else nobody would know that nothing is being recorded. */
async function showFailure(cli: Cli, config: Config, thrown: unknown): Promise<void> {
	const { code, message, hint } = toOnwaxError(thrown);
	const isSeen = cli.output.err.isTerminal || code === "ERR_INTERRUPTED";
	if (isSeen || !config.record.notify) return;
	const { openNotifier } = await import("../../desktop/notify.ts");
	openNotifier({ env: cli.environment }).show(code, message, hint ?? "");
}

function once(work: () => void): () => void {
	let done = false;
	return () => {
		if (!done) work();
		done = true;
	};
}
