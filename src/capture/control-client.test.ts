import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { tempFolder } from "../../test/temp-folder.ts";
import { newControlAddress } from "./control-address.ts";
import { tell } from "./control-client.ts";

/** Something that is no recorder, and does this with whoever comes. */
async function pretending(t: TestContext, answer: (socket: Socket) => void): Promise<string> {
	const address = newControlAddress(await tempFolder(t));
	const server = createServer((socket) => {
		socket.on("error", () => {});
		answer(socket);
	});
	server.listen(address);
	await once(server, "listening");
	t.after(() => server.close());
	return address;
}

test("whoever talks on and says nothing is not listened to for ever", async (t) => {
	const address = await pretending(t, (socket) => {
		const talking = setInterval(() => socket.write("\n"), 10);
		socket.on("close", () => clearInterval(talking));
	});
	const telling = tell({ name: "", address }, "stop", { patienceMs: 100 });
	await assert.rejects(telling, { code: "ERR_LIBRARY_BUSY" });
});

for (const [what, answer] of [
	["hangs up", (socket: Socket) => socket.end()],
	["answers nonsense", (socket: Socket) => socket.write("nonsense\n")],
	["never ends its line", (socket: Socket) => socket.write("x".repeat(100_000))],
	["hears a pause, and no more", (socket: Socket) => socket.write('{"heard":true}\n')],
] as const) {
	test(`one that ${what} does not answer; that it had ended is not claimed`, async (t) => {
		const address = await pretending(t, answer);
		await assert.rejects(tell({ name: "", address }, "pause"), {
			code: "ERR_LIBRARY_BUSY",
			message: /does not answer/,
		});
	});
}
