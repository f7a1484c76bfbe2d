import { type IncomingHttpHeaders, request } from "node:http";

export type PlainAnswer = { status: number; headers: IncomingHttpHeaders; text: string };

export type PlainRequest = {
	method?: string;
	path?: string;
	headers?: Record<string, string>;
	body?: string;
};

/** Asks with exactly these headers, `Host` and `Origin` among them, which `fetch` keeps to itself. */
export function plainRequest(url: string, asked: PlainRequest = {}): Promise<PlainAnswer> {
	const { method = "GET", path = "/", headers = {}, body } = asked;
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(url);
		const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("error", reject);
			response.on("end", () =>
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					text: Buffer.concat(chunks).toString("utf8"),
				}),
			);
		});
		sent.on("error", reject);
		sent.end(body);
	});
}

export function sendJson(
	url: string,
	path: string,
	value: unknown,
	headers: Record<string, string> = {},
): Promise<PlainAnswer> {
	return plainRequest(url, {
		method: "POST",
		path,
		headers: { "content-type": "application/json", ...headers },
		body: JSON.stringify(value),
	});
}
