/**
 * Named points between two steps of a durable operation. In use they do nothing. The fault tests
 * run one operation again and again, failing at point 1, 2, 3 … until it passes (the loop is
 * SQLite's: sqlite.org/testing.html, "I/O error testing" and "crash testing"):
 *
 *   ONWAX_FAULT=kill:7         SIGKILL at the seventh point
 *   ONWAX_FAULT=stop:7         SIGSTOP there: time for whoever watches to cut the power
 *   ONWAX_FAULT=ENOSPC:7       the seventh point throws that system error, once
 *   ONWAX_FAULT=ENOSPC:7+      the seventh and every later one do
 *   ONWAX_FAULT=trace          every point's name goes to stderr
 */
type Fault = { action: string; at: number; forEver: boolean };

let fault: Fault | null = null;
let passed = 0;

if (process.env.ONWAX_FAULT) {
	const match = /^(trace|kill|stop|E[A-Z]+)(?::(\d+)(\+)?)?$/.exec(process.env.ONWAX_FAULT);
	if (match?.[1]) {
		fault = { action: match[1], at: Number(match[2] ?? 0), forEver: match[3] === "+" };
	}
}

/** Marks that everything before this line has been done and nothing after it. */
export function step(name: string): void {
	if (fault === null) return;
	passed += 1;
	if (fault.action === "trace") {
		process.stderr.write(`step ${passed} ${name}\n`);
		return;
	}
	if (fault.forEver ? passed < fault.at : passed !== fault.at) return;
	if (fault.action === "kill") process.kill(process.pid, "SIGKILL");
	if (fault.action === "stop") {
		process.kill(process.pid, "SIGSTOP");
		return;
	}
	// Said here as well: the error may be one that the program rightly survives in silence.
	process.stderr.write(`injected ${fault.action} at ${name}\n`);
	throw Object.assign(new Error(`${fault.action}: injected at ${name}`), { code: fault.action });
}
