// A bare server of event streams: what a POST is told, everybody hears. Prints its address.
import { createServer } from "node:http";

const event = `data: ${JSON.stringify({ type: "settings" })}\n\n`;
const listeners = new Set();
const server = createServer((request, response) => {
	if (request.method === "POST") {
		for (const listener of listeners) listener.write(event);
		response.end();
		return;
	}
	response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
	response.write("retry: 2000\n\n");
	listeners.add(response);
	response.on("close", () => listeners.delete(response));
});
server.listen(0, "127.0.0.1", () => {
	process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});
