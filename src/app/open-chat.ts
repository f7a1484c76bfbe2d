import type { ChatService } from "../chat/chat-service.ts";
import type { Config } from "../config/defaults.ts";
import type { Environment } from "../transcribe/engine-config.ts";

/** The chat model that the configuration names; null where it names none. Nothing is sent. */
export async function openChat(
	{ chat }: Config,
	environment: Environment,
): Promise<ChatService | null> {
	const { model, ...rest } = chat;
	if (model === null) return null;
	const { createChatService } = await import("../chat/chat-service.ts");
	return createChatService({ ...rest, model }, environment);
}
