import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export type Received = { headers: IncomingMessage["headers"]; body: string };
export type Answer = (response: ServerResponse, received: Received, count: number) => void;

/** Takes webhooks on loopback and answers as the test says; 204 where it says nothing. */
export async function startFakeReceiver(t: TestContext, answer?: Answer) {
	const received: Received[] = [];
	let wake: () => void = () => {};
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk);
		const one = { headers: request.headers, body: Buffer.concat(chunks).toString() };
		received.push(one);
		if (answer) answer(response, one, received.length);
		else response.writeHead(204).end();
		wake();
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/hook`,
		received,
		/** Resolves when so many have come in all. */
		async until(count: number): Promise<void> {
			while (received.length < count) await new Promise<void>((done) => (wake = done));
		},
	};
}
