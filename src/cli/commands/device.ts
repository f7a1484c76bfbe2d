import type { Command } from "commander";
import { listInputDevices } from "../../capture/input-devices.ts";
import type { Heard } from "../../capture/levels.ts";
import type { InputDevice } from "../../capture/microphone.ts";
import { openMicrophoneOf } from "../../capture/microphone-open.ts";
import { listenFor, type Trial } from "../../capture/microphone-trial.ts";
import { loadConfig } from "../../config.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { notEmpty, someSeconds } from "../parse.ts";
import { visible } from "../visible.ts";
import { padEnd } from "../width.ts";

export const summary = "Show and try the microphones";

export const examples: Example[] = [
	["onwax device list", "which there are; --device takes an id or a part of a name"],
	["onwax device test", "listen to the default one for three seconds, and keep nothing"],
	["onwax device test headset --for 10s", "to another one, for longer"],
];

export function define(command: Command, act: Act): void {
	command.command("list").description("All inputs of this machine").action(act(list));
	command
		.command("test")
		.description("Listen for a moment, and say whether anything is heard; nothing is kept")
		.argument(
			"[device]",
			"an id, or a part of one or of a name; else the configured or default one",
			notEmpty,
		)
		.option("--for <time>", "how long to listen (3s)", someSeconds)
		.action(act(test));
}

export async function list(cli: Cli): Promise<ExitStatus> {
	const { output } = cli;
	const devices = await listInputDevices(cli.environment);
	if (devices.length === 0) output.note("There is no input device: is a microphone plugged in?");
	const longest = Math.max(0, ...devices.map(({ id }) => visible(id).length));
	for (const device of devices) {
		output.value(device);
		const { out } = output;
		const mark = device.isDefault ? `  ${out.paint("bold", "default")}` : "";
		const id = padEnd(visible(device.id), longest);
		output.line(`${id}  ${out.paint("dim", about(device))}${mark}`);
	}
	return exitStatus.done;
}

function about({ name, isMonitor, channels, sampleRate }: InputDevice): string {
	const format = [
		channels === null
			? null
			: channels === 1
				? "mono"
				: channels === 2
					? "stereo"
					: `${channels} ch`,
		sampleRate === null ? null : `${sampleRate / 1000} kHz`,
		isMonitor ? "hears what the machine plays" : null,
	];
	return [visible(name), ...format].filter((part) => part !== null).join(", ");
}

export async function test(
	cli: Cli,
	wanted: string | undefined,
	flags: { for?: number },
): Promise<ExitStatus> {
	const { output } = cli;
	const { config } = await loadConfig({ env: cli.environment });
	const { record } = config;
	const format = { sampleRate: record.sampleRate, channels: record.channels };
	const trial = await listenFor(
		openMicrophoneOf(record.microphone?.command ?? null, cli.environment),
		format,
		wanted ?? record.device,
		{
			seconds: flags.for ?? 3,
			signal: cli.signal,
			onHeard: (heard) => output.progress(levelLine(heard, output.err.width)),
		},
	);
	output.progress(null);
	const { device, heardSeconds, verdict, level } = trial;
	output.value({ device, heardSeconds, verdict, ...level, format });
	output.line(`${visible(device)}: ${sentences[verdict]}`);
	return verdict === "silence" || verdict === "nothing" ? exitStatus.failed : exitStatus.done;
}

const sentences: Record<Trial["verdict"], string> = {
	sound: "sound is heard, loud enough for speech.",
	quiet: "only quiet is heard: speak up, come nearer, or turn the input up.",
	clipping: "it is too loud and gets cut off: turn the input down.",
	silence: "only digital silence comes: is it muted, or the wrong input?",
	nothing: "it is open, and nothing comes from it: is it plugged in, and free?",
};

const quietestDbfs = -60;

/** A bar from the quietest to full scale, and the peak in figures. */
function levelLine({ frames, isFlat, level }: Heard, width: number): string {
	if (frames === 0) return "nothing";
	if (isFlat) return "digital silence";
	const barWidth = Math.min(40, width - 20);
	const share = Math.max(0, Math.min(1, 1 - level.peakDbfs / quietestDbfs));
	const bar = "█".repeat(Math.round(share * barWidth));
	return `${padEnd(bar, barWidth)}  ${level.peakDbfs.toFixed(0)} dB`;
}
