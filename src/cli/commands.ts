import type { CommandFile, CommandGroup } from "./command.ts";

/** The one table of commands, in the order of the main help. */
export const commandGroups: readonly CommandGroup[] = [
	{
		title: "Record",
		commands: {
			record: () => import("./commands/record.ts"),
			stop: () => import("./commands/stop.ts"),
			pause: () => import("./commands/pause.ts"),
			resume: () => import("./commands/resume.ts"),
			device: () => import("./commands/device.ts"),
		},
	},
	{
		title: "Bring in and find",
		commands: {
			import: () => import("./commands/import.ts"),
			list: () => import("./commands/list.ts"),
			show: () => import("./commands/show.ts"),
			search: () => import("./commands/search.ts"),
			play: () => import("./commands/play.ts"),
			path: () => import("./commands/path.ts"),
			export: () => import("./commands/export.ts"),
		},
	},
	{
		title: "Text",
		commands: {
			retry: () => import("./commands/retry.ts"),
			cancel: () => import("./commands/cancel.ts"),
			transcribe: () => import("./commands/transcribe.ts"),
			diff: () => import("./commands/diff.ts"),
			edit: () => import("./commands/edit.ts"),
			lexicon: () => import("./commands/lexicon.ts"),
			speakers: () => import("./commands/speakers.ts"),
			summarise: () => import("./commands/summarise.ts"),
			engine: () => import("./commands/engine.ts"),
			model: () => import("./commands/model.ts"),
		},
	},
	{
		title: "Remove",
		commands: {
			trash: () => import("./commands/trash.ts"),
			restore: () => import("./commands/restore.ts"),
			purge: () => import("./commands/purge.ts"),
			cleanup: () => import("./commands/cleanup.ts"),
		},
	},
	{
		title: "Keep in order",
		commands: {
			status: () => import("./commands/status.ts"),
			doctor: () => import("./commands/doctor.ts"),
			validate: () => import("./commands/validate.ts"),
			recover: () => import("./commands/recover.ts"),
			reindex: () => import("./commands/reindex.ts"),
			worker: () => import("./commands/worker.ts"),
		},
	},
	{
		title: "Serve",
		commands: {
			serve: () => import("./commands/serve.ts"),
			webhook: () => import("./commands/webhook.ts"),
			password: () => import("./commands/password.ts"),
			session: () => import("./commands/session.ts"),
			token: () => import("./commands/token.ts"),
			audit: () => import("./commands/audit.ts"),
		},
	},
	{
		title: "Set up",
		commands: {
			config: () => import("./commands/config.ts"),
			migrate: () => import("./commands/migrate.ts"),
			completion: () => import("./commands/completion.ts"),
			demo: () => import("./commands/demo.ts"),
		},
	},
];

export const commandNames = commandGroups.flatMap(({ commands }) => Object.keys(commands));

/** The file of a command, or null where there is no such command. */
export function commandNamed(name: string): Promise<CommandFile> | null {
	for (const { commands } of commandGroups) {
		if (Object.hasOwn(commands, name)) return commands[name]?.() ?? null;
	}
	return null;
}
