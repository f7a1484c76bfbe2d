/**
 * A program of its own: hears through decibri and writes raw samples (s16le, mono) to its standard
 * output until its standard input ends. `--list` prints the input devices as JSON instead.
 *
 *   node decibri-program.ts --rate 48000 [--channels 1] [--device ID]
 *
 * Lines on standard error that begin with `onwax-microphone:` are for `microphone-programs/decibri.ts`;
 * all others are what the machine's sound libraries have to say.
 */
import { writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { inputDevices, Microphone } from "decibri";

const framesPerSecond = 40;

const { values } = parseArgs({
	options: {
		rate: { type: "string", default: "48000" },
		channels: { type: "string", default: "1" },
		device: { type: "string" },
		list: { type: "boolean", default: false },
	},
});

function tell(kind: "listening" | "trouble" | "unsupported", text: string): void {
	writeSync(2, `onwax-microphone: ${kind} ${text.replace(/\s+/g, " ")}\n`);
}

function fail(error: unknown): never {
	const message = error instanceof Error ? error.message : String(error);
	tell(error instanceof RangeError ? "unsupported" : "trouble", message);
	process.exit(1);
}

async function listen(): Promise<void> {
	const { device } = values;
	const sampleRate = Number(values.rate);
	const microphone = await Microphone.open({
		sampleRate,
		channels: Number(values.channels),
		framesPerBuffer: Math.min(65536, Math.max(64, Math.round(sampleRate / framesPerSecond))),
		dtype: "int16",
		...(device === undefined ? {} : { device: { id: device } }),
	});
	// Whoever reads us is gone, or has had enough: the microphone must not stay open for nobody.
	process.stdout.on("error", () => process.exit(0));
	process.stdin.on("end", () => microphone.stop()).resume();
	process.stdin.on("error", () => microphone.stop());
	process.on("SIGTERM", () => microphone.stop());
	microphone.on("error", fail);
	microphone.on("end", () => process.stdout.write("", () => process.exit(0)));
	microphone.pipe(process.stdout, { end: false });
	const devices = inputDevices();
	const open = devices.find(({ id, isDefault }) =>
		device === undefined ? isDefault : id === device,
	);
	tell("listening", open?.name ?? device ?? "default");
}

if (values.list) process.stdout.write(JSON.stringify(inputDevices()));
else await listen().catch(fail);
