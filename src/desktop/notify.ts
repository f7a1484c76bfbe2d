import { always, type DesktopProgram, inWsl } from "./programs.ts";
import { runProgram } from "./run-program.ts";

type NotifyProgram = DesktopProgram & {
	args(title: string, body: string): string[];
};

const titleVariable = "ONWAX_NOTICE_TITLE";
const bodyVariable = "ONWAX_NOTICE_BODY";

/** The texts come through the environment: PowerShell would read words after a command as code. */
const toastScript = [
	"[void][Windows.UI.Notifications.ToastNotificationManager,Windows.UI.Notifications,ContentType=WindowsRuntime]",
	"$xml = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent('ToastText02')",
	"$texts = $xml.GetElementsByTagName('text')",
	`[void]$texts.Item(0).AppendChild($xml.CreateTextNode($env:${titleVariable}))`,
	`[void]$texts.Item(1).AppendChild($xml.CreateTextNode($env:${bodyVariable}))`,
	"$toast = [Windows.UI.Notifications.ToastNotification]::new($xml)",
	"$id = '{1AC14E77-02E7-4E5D-B744-2EB1AE5198B7}\\WindowsPowerShell\\v1.0\\powershell.exe'",
	"[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($id).Show($toast)",
].join("; ");

const powershell: NotifyProgram = {
	program: "powershell.exe",
	where: always,
	args: () => ["-NoProfile", "-NonInteractive", "-Command", toastScript],
};

/** By platform, the first that works; other Unixes are as Linux. */
const programs: Partial<Record<NodeJS.Platform, NotifyProgram[]>> & { linux: NotifyProgram[] } = {
	linux: [
		{
			program: "notify-send",
			where: always,
			args: (title, body) => [
				"--app-name=Onwax",
				"--urgency=critical",
				"--icon=audio-input-microphone",
				"--hint=string:sound-name:dialog-warning",
				"--",
				title,
				withoutMarkup(body),
			],
		},
		{ ...powershell, where: inWsl },
	],
	darwin: [
		{
			program: "osascript",
			where: always,
			args: (title, body) => [
				"-e",
				"on run argv",
				"-e",
				'display notification (item 2 of argv) with title (item 1 of argv) sound name "Basso"',
				"-e",
				"end run",
				title,
				body,
			],
		},
	],
	win32: [powershell],
};

/** A notification's body is marked up (freedesktop.org Desktop Notifications Specification 1.2). */
function withoutMarkup(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export type Notifier = {
	/** Shows it, unless the same kind was shown within the last minute. Returns at once. */
	show(kind: string, title: string, body: string): void;
};

export type NotifierOptions = {
	env: NodeJS.ProcessEnv;
	platform?: NodeJS.Platform;
	/** Milliseconds of a clock that only goes forward. */
	now?: () => number;
};

const quietMs = 60_000;
const timeoutMs = 5000;

/**
 * The desktop's notifications. Nobody waits for them, and a machine without any is no failure: what
 * is shown here was told in the terminal and is written down with the recording as well.
 */
export function openNotifier(options: NotifierOptions): Notifier {
	const { env, platform = process.platform, now = () => performance.now() } = options;
	const lastShownMs = new Map<string, number>();
	let candidates = (programs[platform] ?? programs.linux).filter(({ where }) => where(env));

	async function show(title: string, body: string): Promise<void> {
		const withTexts = { ...env, [titleVariable]: title, [bodyVariable]: body };
		for (const candidate of candidates) {
			const args = candidate.args(title, body);
			if (await runProgram(candidate.program, args, { env: withTexts, timeoutMs })) return;
			// It is not tried again: a missing program will not come while somebody records.
			candidates = candidates.filter((one) => one !== candidate);
		}
	}

	return {
		show(kind, title, body) {
			const last = lastShownMs.get(kind);
			const at = now();
			if (last !== undefined && at - last < quietMs) return;
			lastShownMs.set(kind, at);
			void show(title, body);
		},
	};
}
