import { OnwaxError } from "../errors.ts";
import { always, type DesktopProgram, inWsl, onWayland, onX11 } from "./programs.ts";
import { runProgram } from "./run-program.ts";

type CopyProgram = DesktopProgram & { args: string[]; encode(text: string): Buffer };

const utf8 = (text: string): Buffer => Buffer.from(text, "utf8");
/** clip.exe takes anything without this mark for the old code page. */
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, "utf16le");

const clipExe: CopyProgram = { program: "clip.exe", where: always, args: [], encode: utf16 };

/** By platform, the first that works; other Unixes are as Linux. */
const programs: Partial<Record<NodeJS.Platform, CopyProgram[]>> & { linux: CopyProgram[] } = {
	linux: [
		{ program: "wl-copy", where: onWayland, args: [], encode: utf8 },
		{
			program: "xclip",
			where: onX11,
			args: ["-selection", "clipboard", "-in"],
			encode: utf8,
		},
		{ program: "xsel", where: onX11, args: ["--clipboard", "--input"], encode: utf8 },
		{ ...clipExe, where: inWsl },
	],
	darwin: [{ program: "pbcopy", where: always, args: [], encode: utf8 }],
	win32: [clipExe],
};

export type ClipboardOptions = { env: NodeJS.ProcessEnv; platform?: NodeJS.Platform };

const timeoutMs = 5000;

/**
 * Puts a text into the desktop's clipboard.
 *
 * @returns the program that took it
 * @throws ERR_UNSUPPORTED where there is no desktop, or no program for its clipboard
 */
export async function copyText(text: string, options: ClipboardOptions): Promise<string> {
	const { env, platform = process.platform } = options;
	const all = programs[platform] ?? programs.linux;
	const candidates = all.filter(({ where }) => where(env));
	for (const { program, args, encode } of candidates) {
		const facts = { env: withUtf8(env, platform), input: encode(text), timeoutMs };
		if (await runProgram(program, args, facts)) return program;
	}
	if (candidates.length === 0) {
		throw new OnwaxError(
			"ERR_UNSUPPORTED",
			"There is no desktop here whose clipboard could be used.",
			{
				hint: "WAYLAND_DISPLAY and DISPLAY are not set; over ssh, `ssh -X` sets the latter.",
			},
		);
	}
	const wanted = onWayland(env) ? "wl-clipboard" : "xclip";
	const names = candidates.map(({ program }) => program).join(", ");
	throw new OnwaxError("ERR_UNSUPPORTED", `The clipboard could not be reached (tried ${names}).`, {
		hint: platform === "linux" ? `Debian: \`apt-get install ${wanted}\`.` : "Is anybody logged in?",
	});
}

/** pbcopy reads what it is given in the locale's encoding, which without a locale is MacRoman. */
function withUtf8(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): NodeJS.ProcessEnv {
	return platform === "darwin" ? { ...env, LC_CTYPE: "UTF-8" } : env;
}
