import { type ChatService, createChatService } from "../chat/chat-service.ts";
import type { Config } from "../config/defaults.ts";
import type { Environment } from "../transcribe/engine-config.ts";

/** The chat model that the configuration names; null where it names none. Nothing is sent. */
export function openChat({ chat }: Config, environment: Environment): ChatService | null {
	const { model, ...rest } = chat;
	return model === null ? null : createChatService({ ...rest, model }, environment);
}
