import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { systemErrorCode } from "../errors.ts";

const statuses: Record<string, number> = {
	ERR_HTTP_REQUEST_TIMEOUT: 408,
	HPE_HEADER_OVERFLOW: 431,
};

/** What is not HTTP never becomes a request: it is answered on the connection, which ends. */
export function refuseBroken(error: Error, socket: Socket): void {
	const code = systemErrorCode(error);
	if (code === "ECONNRESET" || socket.destroyed) return;
	const status = statuses[code ?? ""] ?? 400;
	const title = STATUS_CODES[status];
	const body = JSON.stringify({ type: "about:blank", title, status });
	if (socket.writable) {
		const head = [
			`HTTP/1.1 ${status} ${title}`,
			"Content-Type: application/problem+json",
			`Content-Length: ${Buffer.byteLength(body)}`,
			"Connection: close",
		];
		socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
	}
	socket.destroy();
}
