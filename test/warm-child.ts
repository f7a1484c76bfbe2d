/** A child for the tests of warm children: does what it is told, at once or when it is told to. */
import { OnwaxError } from "../src/errors.ts";
import { serveRequests } from "../src/processes/serve-requests.ts";

export type WarmChildRequest =
	| { verb: "pid" }
	/** Reports, and answers when this process has so many requests in hand. */
	| { verb: "meet"; people: number }
	/** Reports, and never answers. */
	| { verb: "hang" }
	/** Says nothing ever, and hears nothing either. */
	| { verb: "stall" }
	/** Dies as soon as another request is here as well, else after a while. */
	| { verb: "crash" }
	/** Answers only where it is alone. */
	| { verb: "shy" }
	| { verb: "fail" };

let here = 0;
const changed = new EventTarget();

async function until(people: number): Promise<void> {
	while (here < people)
		await new Promise((resume) => changed.addEventListener("come", resume, { once: true }));
}

serveRequests(async (request: WarmChildRequest, report) => {
	here += 1;
	changed.dispatchEvent(new Event("come"));
	try {
		switch (request.verb) {
			case "pid":
				return process.pid;
			case "meet":
				report({ doneSeconds: 0, totalSeconds: null, stage: "meeting" });
				await until(request.people);
				return process.pid;
			case "hang":
				report({ doneSeconds: 0, totalSeconds: null });
				return await new Promise(() => undefined);
			case "stall":
				return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
			case "crash":
				report({ doneSeconds: 0, totalSeconds: null });
				await Promise.race([until(2), new Promise((resume) => setTimeout(resume, 200))]);
				process.stderr.write("so it ends");
				setImmediate(() => process.kill(process.pid, "SIGABRT"));
				return await new Promise(() => undefined);
			case "shy":
				report({ doneSeconds: 0, totalSeconds: null });
				return here === 1 ? process.pid : await new Promise(() => undefined);
			case "fail":
				throw new OnwaxError("ERR_EMPTY", "There is nothing.", { hint: "Say something." });
		}
	} finally {
		here -= 1;
	}
});
