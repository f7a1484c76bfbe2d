import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { OnwaxError, toOnwaxError } from "../errors.ts";
import { lookupPublic, requirePublicHost } from "./public-address.ts";

export type Post = {
	url: string;
	/** It may be in this network, and without TLS. */
	allowPrivate: boolean;
	headers: Record<string, string>;
	body: string;
	timeoutSeconds: number;
	/** Ends it before its time. */
	signal: AbortSignal | null;
};

/**
 * Sends one request and reads nothing but its status. Redirects are not followed: they would lead
 * around the look at the address. Nor is any proxy asked, which would look the name up itself.
 *
 * @returns the status, whatever it is
 * @throws ERR_FORBIDDEN where the address is not to be asked; ERR_TIMEOUT; ERR_IO with the reason
 */
export async function post({
	url,
	allowPrivate,
	headers,
	body,
	timeoutSeconds,
	signal: ending,
}: Post): Promise<number> {
	const address = new URL(url);
	const isHttps = address.protocol === "https:";
	if (!allowPrivate) {
		if (!isHttps) {
			throw new OnwaxError("ERR_FORBIDDEN", "A webhook beyond this network has to be https.", {
				hint: "Use its https address, or set `allowPrivate` if it is in this network.",
			});
		}
		requirePublicHost(address);
	}
	const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
	const signal = ending === null ? timeout : AbortSignal.any([timeout, ending]);
	const bytes = Buffer.from(body);
	return new Promise((resolve, reject) => {
		const request = (isHttps ? httpsRequest : httpRequest)(address, {
			method: "POST",
			// None is kept for later: the next one is looked at anew.
			agent: false,
			signal,
			...(allowPrivate ? {} : { lookup: lookupPublic }),
			headers: {
				...headers,
				"content-type": "application/json",
				"content-length": bytes.length,
				"user-agent": "Onwax-Webhook",
			},
		});
		request.on("response", (response) => {
			const { statusCode = 0 } = response;
			// What it says is nobody's business here.
			response.destroy();
			resolve(statusCode);
		});
		// 101, which nobody asked for.
		request.on("upgrade", ({ statusCode = 0 }, socket) => {
			socket.destroy();
			resolve(statusCode);
		});
		request.on("error", (error) => {
			if (timeout.aborted) {
				reject(
					new OnwaxError("ERR_TIMEOUT", `No answer within ${timeoutSeconds} s.`, { cause: error }),
				);
			} else reject(toOnwaxError(error, "ERR_IO"));
		});
		request.end(bytes);
	});
}
