import type { FastifyReply, FastifyRequest } from "fastify";
import { OnwaxError } from "../errors.ts";

const largeBytes = 1_000_000;
/** A text of ten million letters takes some hundred megabytes while it is read and checked. */
const mostAtOnce = 2;

/**
 * For routes that read long bodies into memory: a hook that lets so many in at a time. It runs once it
 * is known who asks, and before anything is read.
 */
export function fewLargeBodies() {
	let taken = 0;
	return async ({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> => {
		const announced = headers["content-length"];
		const isLarge = announced === undefined || Number(announced) > largeBytes;
		if (!isLarge) return;
		if (taken >= mostAtOnce) {
			throw new OnwaxError("ERR_RATE_LIMIT", "Other long texts are being saved.", {
				...{ retryable: true, retryAfterSeconds: 2 },
				hint: "Send it again in a moment.",
			});
		}
		taken += 1;
		reply.raw.once("close", () => {
			taken -= 1;
		});
	};
}
