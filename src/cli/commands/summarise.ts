import type { Command } from "commander";
import { type ChatJson, chatOf, queueChat, requireChat } from "../../app/chat.ts";
import type { App } from "../../app/open-app.ts";
import { notFound } from "../../app/resolve.ts";
import { runJobs } from "../../app/run-jobs.ts";
import { type ChatTask, chatTasks } from "../../chat/chat-tasks.ts";
import type { Recording } from "../../recording.ts";
import { writeChat } from "../chat-text.ts";
import type { Act, Cli, Example } from "../command.ts";
import { combine, type ExitStatus, exitStatus } from "../exit-status.ts";
import type { Output } from "../output.ts";
import { oneOf } from "../parse.ts";
import { startProgress } from "../progress.ts";
import { titleOf } from "../recording-row.ts";
import { eachRecording, referenceHelp } from "../references.ts";
import { withApp, withReading } from "../session.ts";
import { writeText } from "../text.ts";
import { visible } from "../visible.ts";

export const summary = "Have a chat model suggest a title, a summary, a cleaned-up text";

export const examples: Example[] = [
	["onwax summarise last", "what chat.tasks names: a title and a summary"],
	[
		"onwax summarise last --task clean-up",
		"the text without fillers, beside the one that is there",
	],
	["onwax summarise last --show", "what there is; sends nothing"],
];

type Options = { task?: ChatTask[]; again?: boolean; show?: boolean };

export function define(command: Command, act: Act): void {
	const task = oneOf(chatTasks);
	command
		.argument("<rec...>", referenceHelp)
		.option(
			"--task <task>",
			`${chatTasks.join(", ")}; may be given more than once`,
			(text, before: ChatTask[] = []) => [...before, task(text)],
		)
		.option("--again", "also what is there already for this text")
		.option("--show", "show what there is, and send nothing")
		.action(act(run));
}

export async function run(cli: Cli, references: string[], options: Options): Promise<ExitStatus> {
	if (options.show) return show(cli, references);
	return withApp(cli, async (app) => {
		const { model, address } = requireChat(app);
		const { catalogue, layout } = app.library;
		const tasks = options.task ?? app.config.chat.tasks;
		const again = options.again ?? false;
		const names: string[] = [];
		const queued = await eachRecording(cli, catalogue, references, async ({ metadata }) => {
			await queueChat(app, metadata.name, { tasks, again });
			names.push(metadata.name);
			return exitStatus.done;
		});
		if (names.length > 0) await ask(cli, app, names, `${model} at ${address}`);
		const told = await eachRecording(cli, catalogue, names, async (recording) => {
			const chat = await chatOf(layout, recording);
			tell(cli.output, recording, chat, names.length > 1);
			return statusOf(chat, tasks);
		});
		return combine([queued, told]);
	});
}

async function ask(cli: Cli, app: App, names: string[], whom: string): Promise<void> {
	const progress = startProgress(cli.output, () => `Asking ${visible(whom)}…`);
	try {
		await runJobs(app, { scope: names, signal: cli.signal, onAttemptFailed: () => undefined });
	} finally {
		progress.stop();
	}
	cli.signal.throwIfAborted();
}

/** What was asked for is there, for the text as it is. */
function statusOf(chat: ChatJson | null, tasks: readonly ChatTask[]): ExitStatus {
	const isMade = (task: ChatTask) =>
		chat?.results.some((one) => one.task === task && one.refusal === null && !one.isStale);
	return chat?.error === null && tasks.every(isMade) ? exitStatus.done : exitStatus.failed;
}

async function show(cli: Cli, references: string[]): Promise<ExitStatus> {
	return withReading(cli, async (reading) => {
		if (reading === null) throw notFound(references[0] ?? "");
		const { layout, catalogue } = reading;
		return eachRecording(cli, catalogue, references, async (recording) => {
			tell(cli.output, recording, await chatOf(layout, recording), references.length > 1);
			return exitStatus.done;
		});
	});
}

function tell(
	output: Output,
	recording: Recording,
	chat: ChatJson | null,
	isOneOfMany: boolean,
): void {
	const { id, name } = recording.metadata;
	const nothing = { title: null, summary: null, cleanedText: null, results: [], error: null };
	output.value({ id, name, ...(chat ?? nothing) });
	if (isOneOfMany) writeText(output, visible(titleOf(recording) ?? name), "bold");
	if (chat === null) {
		output.note(`Nothing was made of ${name} yet: \`onwax summarise ${name}\` asks for it.`);
	} else writeChat(output, chat);
	if (isOneOfMany) output.line();
}
