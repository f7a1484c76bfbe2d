import type { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Observation, onObservation } from "../observation.ts";

/** Facts that are looked up when somebody asks, by the name of their gauge. */
export type Reading = { labels: Record<string, string>; value: number };
export type Readings = Record<string, { help: string; labels: string[]; values: Reading[] }>;

export type Metrics = {
	/** @returns the text format of Prometheus and its content type */
	render(readings: Readings): Promise<{ text: string; contentType: string }>;
	close(): void;
};

/** So many are kept until the counting library is there; it is loaded long before. */
const mostWaiting = 2000;
const loadAfterMs = 3000;

/**
 * Counts what is observed in this process, from now on. The counting library is loaded a little later
 * than the program starts, or when somebody asks; until then observations wait in a list.
 *
 * No label takes a value from outside: routes are patterns, engines and kinds of jobs are those that
 * there are, codes are ours.
 */
export function openMetrics(): Metrics {
	let waiting: Observation[] = [];
	let counters: Counters | null = null;
	let loading: Promise<Counters> | null = null;
	const load = () => {
		loading ??= makeCounters().then((made) => {
			counters = made;
			for (const observation of waiting) count(made, observation);
			waiting = [];
			return made;
		});
		return loading;
	};
	const stop = onObservation((observation) => {
		if (counters !== null) count(counters, observation);
		else if (waiting.length < mostWaiting) waiting.push(observation);
		else void load();
	});
	const timer = setTimeout(() => void load(), loadAfterMs);
	timer.unref();
	return {
		async render(readings) {
			const { registry, gauges, makeGauge, startProcessMetrics } = await load();
			startProcessMetrics();
			for (const [name, { help, labels, values }] of Object.entries(readings)) {
				const gauge = gauges.get(name) ?? makeGauge(name, help, labels);
				gauges.set(name, gauge);
				gauge.reset();
				for (const { labels: of, value } of values) gauge.set(of, value);
			}
			return { text: await registry.metrics(), contentType: registry.contentType };
		},
		close() {
			clearTimeout(timer);
			stop();
		},
	};
}

type Counters = {
	registry: Registry;
	gauges: Map<string, Gauge>;
	makeGauge(name: string, help: string, labelNames: string[]): Gauge;
	/** They sample the event loop all the time, so not before somebody looks. */
	startProcessMetrics(): void;
	syncs: Histogram;
	uploads: Counter;
	uploadBytes: Counter;
	engineRequests: Counter;
	engineSeconds: Histogram;
	retries: Counter;
	jobs: Counter;
	requests: Counter;
	requestSeconds: Histogram;
	authFailures: Counter;
	rateLimited: Counter;
	streams: Gauge;
};

async function makeCounters(): Promise<Counters> {
	const prometheus = await import("prom-client");
	const registry = new prometheus.Registry();
	const registers = [registry];
	const counter = (name: string, help: string, labelNames: string[] = []) =>
		new prometheus.Counter({ name, help, labelNames, registers });
	const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
		new prometheus.Histogram({ name, help, labelNames, buckets, registers });
	const makeGauge = (name: string, help: string, labelNames: string[]) =>
		new prometheus.Gauge({ name, help, labelNames, registers });
	let hasProcessMetrics = false;
	return {
		registry,
		gauges: new Map(),
		makeGauge,
		startProcessMetrics() {
			if (hasProcessMetrics) return;
			hasProcessMetrics = true;
			prometheus.collectDefaultMetrics({ register: registry });
		},
		syncs: histogram(
			"onwax_sync_seconds",
			"Time until the disk confirmed a sync",
			[],
			[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
		),
		uploads: counter("onwax_uploads_total", "Audio that came in, by what became of it", [
			"way",
			"outcome",
		]),
		uploadBytes: counter("onwax_upload_bytes_total", "Bytes of audio that came in", ["way"]),
		engineRequests: counter("onwax_engine_requests_total", "Requests to engines", [
			"engine",
			"code",
		]),
		engineSeconds: histogram(
			"onwax_engine_seconds",
			"Time until an engine answered or failed",
			["engine"],
			[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 150, 300, 600, 1800],
		),
		retries: counter("onwax_engine_retries_total", "Requests tried again after a failure", [
			"engine",
		]),
		jobs: counter("onwax_jobs_total", "Deliveries of jobs that ended, by how", ["kind", "outcome"]),
		requests: counter("onwax_http_requests_total", "Requests answered", [
			"method",
			"route",
			"status",
		]),
		requestSeconds: histogram(
			"onwax_http_request_seconds",
			"Time until a request was answered",
			["method", "route"],
			[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
		),
		authFailures: counter(
			"onwax_auth_failures_total",
			"Requests of nobody we know, or not allowed",
			["reason"],
		),
		rateLimited: counter("onwax_rate_limited_total", "Requests refused for coming too fast"),
		streams: makeGauge("onwax_event_streams_open", "Event streams that somebody listens to", []),
	};
}

function count(counters: Counters, observation: Observation): void {
	switch (observation.kind) {
		case "sync":
			counters.syncs.observe(observation.seconds);
			return;
		case "upload": {
			const { way, outcome } = observation;
			counters.uploads.inc({ way, outcome });
			return;
		}
		case "upload-bytes":
			counters.uploadBytes.inc({ way: observation.way }, observation.bytes);
			return;
		case "engine": {
			const { engine, seconds, code } = observation;
			counters.engineRequests.inc({ engine, code: code ?? "ok" });
			counters.engineSeconds.observe({ engine }, seconds);
			return;
		}
		case "retry":
			counters.retries.inc({ engine: observation.engine });
			return;
		case "job":
			counters.jobs.inc({ kind: observation.job, outcome: observation.outcome });
			return;
		case "streams":
			counters.streams.inc(observation.change);
			return;
		case "request": {
			const { method, route, status, seconds, isStream } = observation;
			counters.requests.inc({ method, route, status });
			if (!isStream) counters.requestSeconds.observe({ method, route }, seconds);
			if (status === 401) counters.authFailures.inc({ reason: "unknown" });
			if (status === 403) counters.authFailures.inc({ reason: "not-allowed" });
			if (status === 429) counters.rateLimited.inc();
		}
	}
}
