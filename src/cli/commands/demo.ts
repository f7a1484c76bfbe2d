import type { Command } from "commander";
import { type DemoStep, demonstrate } from "../../app/demo.ts";
import { noEngine } from "../../app/engines.ts";
import type { Act, Cli, Example } from "../command.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { highlighted } from "../highlighted.ts";
import { formatSize } from "../size.ts";
import { visible } from "../visible.ts";
import { displayWidth, padEnd, wrap } from "../width.ts";

export const summary = "Show the main job on a sample, away from your library";

export const examples: Example[] = [
	["npm start", "the same, from the folder of the program"],
	["onwax demo --json", "each step as a value"],
];

export function define(command: Command, act: Act): void {
	command.action(act(run));
}

export async function run(cli: Cli): Promise<ExitStatus> {
	const { output, environment, appVersion, signal } = cli;
	const tell = teller(cli);
	await demonstrate(environment, appVersion, signal, (step) => {
		output.value(step);
		if (!output.json) tell(step);
	});
	return exitStatus.done;
}

/** Says each step in plain words. */
function teller(cli: Cli): (step: DemoStep) => void {
	const { output } = cli;
	const { out } = output;
	let number = 0;
	let hasText = false;
	const heading = (text: string) => {
		number += 1;
		output.line();
		output.line(out.paint("bold", `${number}  ${text}`));
	};
	const say = (text: string) => {
		for (const line of wrap(text, Math.min(out.width, 90) - 3)) output.line(`   ${line}`);
	};
	const fact = (text: string) => output.line(`   ${out.paint("dim", visible(text))}`);

	return (step) => {
		switch (step.step) {
			case "begins":
				output.line(
					"This is Onwax at work on a sample: three seconds of speech, in which a computer",
				);
				output.line(`says “${step.said}” Your own library is not touched.`);
				return;
			case "kept":
				heading("Keep it");
				say(
					"Before anything clever happened, the audio was copied, synced to disk and hashed, and only then acknowledged. From here on a crash or a power cut cannot lose it.",
				);
				fact(step.path);
				fact(`sha-256 ${step.file.sha256}`);
				return;
			case "no engine": {
				heading("Turn it into text, later");
				say(
					"There is no engine on this machine that turns speech into text. That is no mistake: the audio is kept, its state is “pending”, and the text follows when there is an engine.",
				);
				say(noEngine().hint?.split(", then")[0]?.concat(".") ?? "");
				return;
			}
			case "transcribing":
				heading("Turn it into text");
				say(`By ${step.engine}: ${visible(step.why)}.`);
				return;
			case "transcribed":
				hasText = true;
				say(
					`In ${step.latencySeconds.toFixed(1)} s it heard: ${out.paint("green", visible(step.text) || "(nothing)")}`,
				);
				return;
			case "not transcribed":
				say(`${visible(step.reason)} The audio is kept, and can be tried again at any time.`);
				return;
			case "found":
				heading("Find it again");
				fact(`onwax search ${step.query}`);
				{
					const { snippet: text, highlights } = step;
					output.line(`   ${highlighted(output, { text, highlights }, out.width - 3)}`);
				}
				return;
			case "on disk":
				onDisk(step);
		}
	};

	function onDisk({ folder, files, audioFile }: DemoStep & { step: "on disk" }): void {
		heading("What is on disk now");
		say(
			"A folder of plain files, which can be read without this program. Everything else (catalogue, search, queue) can be deleted and is built anew from such folders.",
		);
		fact(`${folder}/`);
		const longest = Math.max(...Object.keys(files).map(displayWidth));
		for (const [name, { sha256, sizeBytes }] of Object.entries(files)) {
			const size = formatSize(sizeBytes).padStart(7);
			fact(`  ${padEnd(name, longest)}  ${size}  ${sha256.slice(0, 16)}…`);
		}
		if (hasText && audioFile.endsWith(".flac")) {
			say(
				"The WAV became a FLAC file, which loses nothing: it was decoded and compared before the WAV went, and the WAV can be had back byte for byte.",
			);
		}
		output.line();
		output.line(out.paint("bold", "Now with yours"));
		output.line(
			`   onwax import FILE         ${out.paint("dim", "keeps a recording, prints its text")}`,
		);
		output.line(`   onwax search WORDS        ${out.paint("dim", "finds it again")}`);
		output.line(
			`   onwax model list          ${out.paint("dim", "speech models that hear better, on this machine")}`,
		);
		output.line(
			`   onwax doctor              ${out.paint("dim", "says what this machine has and lacks")}`,
		);
		output.line(`   onwax help                ${out.paint("dim", "everything else")}`);
		output.line();
		say(
			"Without an onwax command yet: `npm link` makes one, or say `npx onwax` in this folder. The library of this demonstration is in the folder for temporary files and may be deleted.",
		);
	}
}
