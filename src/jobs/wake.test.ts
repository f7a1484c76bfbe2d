import { test } from "node:test";
import { restOrWake, wakeWorkers } from "./wake.ts";

test("a resting worker goes on when it is woken, when it is to stop, and when its time is over", async () => {
	const stop = new AbortController();
	const rest = () => restOrWake(1_000_000, stop.signal);
	const resting = [rest(), rest()];
	wakeWorkers();
	await Promise.all(resting);
	const again = rest();
	stop.abort();
	await again;
	await rest();
	await restOrWake(1, new AbortController().signal);
});
