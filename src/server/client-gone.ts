import type { FastifyRequest } from "fastify";
import { systemErrorCode } from "../errors.ts";

const cutCodes = new Set([
	...["ECONNRESET", "EPIPE", "ABORT_ERR", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"],
	...["FST_ERR_PREMATURE_CLOSE", "FST_MP_PREMATURE_CLOSE"],
]);

/** Whoever asked has gone, and the error says nothing else. It is nobody's fault. */
export function isClientGone({ raw }: FastifyRequest, error: unknown): boolean {
	const isCut = raw.socket.destroyed || (raw.destroyed && !raw.complete);
	if (!isCut) return false;
	for (let one = error; one instanceof Error; one = one.cause) {
		if (one.message === "aborted" || cutCodes.has(systemErrorCode(one) ?? "")) return true;
	}
	return false;
}
