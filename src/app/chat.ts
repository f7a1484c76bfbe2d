import { type Layout, recordingFolder } from "../archive/layout.ts";
import { readChatFile, sha256OfText } from "../chat/chat-file.ts";
import type { ChatError, ChatResult, EarlierResult } from "../chat/chat-result.ts";
import type { ChatService } from "../chat/chat-service.ts";
import { type ChatTask, chatTasks } from "../chat/chat-tasks.ts";
import { OnwaxError } from "../errors.ts";
import { enqueue, hasten } from "../jobs/queue.ts";
import { changeRecording } from "../library/change.ts";
import { type Metadata, type Recording, shelfOf } from "../recording.ts";
import type { App } from "./open-app.ts";
import { refuseTrash } from "./refuse-trash.ts";

/** What is made of every new text: nothing, unless somebody switched it on. */
export function wantedTasks({ config, chat }: Pick<App, "config" | "chat">): ChatTask[] {
	return config.chat.enabled && chat !== null ? config.chat.tasks : [];
}

/**
 * Has a chat model asked about a recording's text, now; what is there for this text is kept, unless
 * it is to be made again. The text goes to the service that the configuration names.
 *
 * @throws ERR_CONFIG where no model is configured; ERR_STATE without a text, or in the trash
 */
export async function queueChat(
	app: App,
	name: string,
	{ tasks, again }: { tasks: readonly ChatTask[]; again: boolean },
): Promise<Metadata> {
	requireChat(app);
	const parameters = { tasks: tasks.join(","), again: again ? "yes" : "no" };
	return changeRecording(
		app.library,
		name,
		async ({ metadata }) => {
			refuseTrash(metadata);
			if (metadata.transcription === null) {
				throw new OnwaxError("ERR_STATE", `${name} has no text yet.`, {
					hint: "`onwax retry` asks an engine for it.",
				});
			}
			return null;
		},
		async (tx) => {
			await enqueue(tx, [{ recording: name, kind: "chat", parameters }]);
			await hasten(tx, { recording: name, kind: "chat", parameters });
		},
	);
}

/** @throws ERR_CONFIG where no model is configured */
export function requireChat(app: Pick<App, "chat">): ChatService {
	if (app.chat !== null) return app.chat;
	throw new OnwaxError("ERR_CONFIG", "No chat model is configured.", {
		hint: "`onwax config set chat.model NAME` names one, and chat.baseUrl its service; texts are then sent there when you ask for it.",
	});
}

/** What a chat model made of a recording's text, for people and programs outside. */
export type ChatJson = {
	/** Suggested: the recording's own title is never changed. */
	title: string | null;
	summary: string | null;
	cleanedText: string | null;
	results: (Omit<ChatResult, "text" | "leftAsSaid" | "earlier"> & {
		task: ChatTask;
		/** Made from a text that is another one by now. */
		isStale: boolean;
		leftAsSaid: NonNullable<ChatResult["leftAsSaid"]>;
		/** Who made the text that stands, where the newest answer was refused. */
		earlier: Omit<EarlierResult, "text"> | null;
	})[];
	error: ChatError | null;
};

/** Null where no model was ever asked. */
export async function chatOf(layout: Layout, recording: Recording): Promise<ChatJson | null> {
	const { metadata, transcript } = recording;
	const folder = recordingFolder(layout, shelfOf(metadata), metadata.name);
	const { results, error } = await readChatFile(folder);
	const made = chatTasks.filter((task) => results[task] !== undefined);
	const textOf = (task: ChatTask) => results[task]?.text ?? results[task]?.earlier?.text ?? null;
	if (made.length === 0 && error === null) return null;
	const sha256 = transcript === null ? null : sha256OfText(transcript.text);
	return {
		title: textOf("title"),
		summary: textOf("summary"),
		cleanedText: textOf("clean-up"),
		results: made.flatMap((task) => {
			const { text: _, leftAsSaid = [], earlier, ...rest } = results[task] as ChatResult;
			const isStale = rest.sourceSha256 !== sha256;
			return [{ task, ...rest, isStale, leftAsSaid, earlier: withoutText(earlier) }];
		}),
		error,
	};
}

function withoutText(earlier: EarlierResult | undefined): Omit<EarlierResult, "text"> | null {
	if (earlier === undefined) return null;
	const { text: _, ...rest } = earlier;
	return rest;
}
