import { access, constants } from "node:fs/promises";
import { sizeText } from "../durable/size-text.ts";
import { freeBytes } from "../durable/volume.ts";
import { toOnwaxError } from "../errors.ts";
import { onObservation } from "../observation.ts";
import { noEngine } from "./engines.ts";
import { oldestDueSeconds } from "./measure-service.ts";
import type { Service } from "./service.ts";

export type HealthState = "ok" | "degraded" | "failing";
export type HealthCheck = { state: HealthState; message: string; hint: string | null };
export type HealthCheckName =
	| "catalogue"
	| "library"
	| "disk"
	| "sync"
	| "worker"
	| "engine"
	| "queue";
export type HealthReport = {
	/** The worst of all. `failing`: nothing can be kept now. */
	state: HealthState;
	checks: ({ name: HealthCheckName } & HealthCheck)[];
};

export type HealthWatch = {
	/** What was found at most a second ago. */
	look(): Promise<HealthReport>;
	close(): void;
};

const freshMs = 1000;
const patienceMs = 2000;
/** A warning comes while there is still time to do something. */
const warnBelowBytes = 1e9;
const slowSyncSeconds = 1;
const stuckSeconds = 600;

/** Looks at the service, cheaply and at most once a second however many ask. */
export function watchHealth(service: Service): HealthWatch {
	let lastSyncSeconds: number | null = null;
	const stop = onObservation((observation) => {
		if (observation.kind === "sync") lastSyncSeconds = observation.seconds;
	});
	let last: { atMs: number; report: Promise<HealthReport> } | null = null;
	return {
		look() {
			const nowMs = performance.now();
			if (last === null || nowMs - last.atMs > freshMs) {
				last = { atMs: nowMs, report: examine(service, () => lastSyncSeconds) };
			}
			return last.report;
		},
		close: stop,
	};
}

async function examine(
	service: Service,
	lastSyncSeconds: () => number | null,
): Promise<HealthReport> {
	const looks: Record<HealthCheckName, () => Promise<HealthCheck>> = {
		catalogue: () => catalogueHealth(service),
		library: () => libraryHealth(service),
		disk: () => diskHealth(service),
		sync: async () => syncHealth(lastSyncSeconds()),
		worker: async () => workerHealth(service),
		engine: () => engineHealth(service),
		queue: () => queueHealth(service),
	};
	const checks = await Promise.all(
		Object.entries(looks).map(async ([name, look]) => ({
			name: name as HealthCheckName,
			...(await within(look)),
		})),
	);
	const states = checks.map(({ state }) => state);
	const state = (["failing", "degraded"] as const).find((one) => states.includes(one)) ?? "ok";
	return { state, checks };
}

/** A disk that hangs must not make this hang. */
async function within(look: () => Promise<HealthCheck>): Promise<HealthCheck> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<HealthCheck>((resolve) => {
		timer = setTimeout(
			() => resolve(failing(`No answer within ${patienceMs / 1000} s.`, "Look at the disk.")),
			patienceMs,
		);
	});
	try {
		return await Promise.race([look().catch(asFailing), late]);
	} finally {
		clearTimeout(timer);
	}
}

function asFailing(thrown: unknown): HealthCheck {
	const { message, hint } = toOnwaxError(thrown, "ERR_IO");
	return { state: "failing", message, hint };
}

function ok(message: string): HealthCheck {
	return { state: "ok", message, hint: null };
}

function degraded(message: string, hint: string): HealthCheck {
	return { state: "degraded", message, hint };
}

function failing(message: string, hint: string): HealthCheck {
	return { state: "failing", message, hint };
}

async function catalogueHealth({ app }: Service): Promise<HealthCheck> {
	const { catalogue } = app.library;
	const counts = await catalogue.counts();
	if (!catalogue.writable) {
		return failing("The catalogue can only be read.", "Make the library's folder writable.");
	}
	const total = counts.reduce((sum, { recordings }) => sum + recordings, 0);
	return ok(`It answers and knows ${total} recordings.`);
}

async function libraryHealth({ app }: Service): Promise<HealthCheck> {
	const { recordings, data } = app.library.layout;
	await Promise.all([data, recordings].map((folder) => access(folder, constants.W_OK)));
	return ok(`${data} is writable.`);
}

async function diskHealth({ app }: Service): Promise<HealthCheck> {
	const free = await freeBytes(app.library.layout.data);
	const reserve = app.library.reserveBytes;
	const told = `${sizeText(free, "down")} are free.`;
	const hint = "Free some space; `onwax cleanup --dry-run` shows what may go.";
	if (free <= reserve) {
		const below = `Nothing is taken in below the reserve of ${sizeText(reserve, "up")}.`;
		return failing(`${told} ${below}`, hint);
	}
	if (free < Math.max(warnBelowBytes, reserve * 2)) return degraded(told, hint);
	return ok(told);
}

function syncHealth(seconds: number | null): HealthCheck {
	if (seconds === null) return ok("Nothing was written yet.");
	const message = `The last sync took ${(seconds * 1000).toFixed(1)} ms.`;
	if (seconds < slowSyncSeconds) return ok(message);
	return degraded(message, "The disk is slow or busy; nothing is acknowledged before it confirms.");
}

function workerHealth({ worker }: Service): HealthCheck {
	if (worker === "running") return ok("Running.");
	if (worker === null) return ok("The work that waits is another process's task.");
	return degraded("The worker has stopped.", "It is started again by itself; the log says why.");
}

async function engineHealth({ app }: Service): Promise<HealthCheck> {
	const chosen = await app.engines.describeDefault();
	if (chosen === null) {
		return degraded("There is no engine; audio is kept meanwhile.", noEngine().hint ?? "");
	}
	const { state, until } = await app.engines.breakerOf(chosen.name);
	if (state === "open") {
		return degraded(
			`${chosen.name} failed too often and is left alone until ${until}.`,
			"It is tried again by itself; `onwax engine test` shows what is wrong.",
		);
	}
	const check = await (await app.engines.engineFor(chosen.name)).check();
	return check.ok
		? ok(`${chosen.name}: ${check.message}`)
		: degraded(check.message, check.hint ?? "");
}

async function queueHealth({ app, worker }: Service): Promise<HealthCheck> {
	// Without an engine texts wait, which is said elsewhere.
	const waits = await oldestDueSeconds(app);
	if (waits < stuckSeconds) return ok("Work is taken up when it is due.");
	const minutes = Math.round(waits / 60);
	const hint = worker === null ? "Is `onwax worker` running?" : "The log says what it is doing.";
	return degraded(`Something has been waiting for ${minutes} minutes.`, hint);
}
