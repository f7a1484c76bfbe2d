import { z } from "zod";
import { chatTasks } from "../../chat/chat-tasks.ts";

/** `POST …/summarise`: which of them a chat model is asked for; left out: those of the settings. */
export const summariseRequest = z
	.strictObject({
		tasks: z.array(z.enum(chatTasks)).min(1).max(chatTasks.length).optional(),
		/** Also what is there already for this text. */
		again: z.boolean().default(false),
	})
	.meta({ id: "SummariseRequest" });

const leftAsSaid = z.array(z.object({ part: z.int(), of: z.int(), reason: z.string() }));
const madeBy = { model: z.string(), address: z.string(), madeAt: z.string() };

/** `GET …/chat`: what a chat model made of the text; it stands beside it, never in its place. */
export const chatAnswer = z
	.object({
		/** Whether a model is configured. */
		isConfigured: z.boolean(),
		/** Suggested: the recording's own title is never changed. */
		title: z.string().nullable(),
		summary: z.string().nullable(),
		cleanedText: z.string().nullable(),
		results: z.array(
			z.object({
				task: z.enum(chatTasks),
				...madeBy,
				/** Why an answer could not be used. */
				refusal: z.string().nullable(),
				/** Made from a text that is another one by now. */
				isStale: z.boolean(),
				leftAsSaid,
				/** Who made the text that stands, where the newest answer was refused. */
				earlier: z.object({ ...madeBy, leftAsSaid }).nullable(),
			}),
		),
		error: z
			.object({
				at: z.string(),
				code: z.string(),
				message: z.string(),
				hint: z.string().nullable(),
				givenUp: z.boolean(),
			})
			.nullable(),
	})
	.meta({ id: "ChatAnswer" });
export type ChatAnswer = z.infer<typeof chatAnswer>;
