import { createHash } from "node:crypto";
import type { Journal } from "./journal.ts";
import type { RecordingEvent } from "./notice-events.ts";
import type { Spool } from "./spool.ts";

/** One recording in memory, as the uploader sees it. */
export function memorySpool(sound: Uint8Array<ArrayBuffer>, about: Partial<Journal> = {}) {
	let journal: Journal = {
		...{ version: 1, id: "20260102T030405678Z-abcdefabcdef", title: "" },
		...{ startedAt: "2026-01-02T03:04:05.678Z", state: "ended" },
		...{ uploadUrl: null, uploadedTitle: null, mismatches: 0 },
		...about,
	};
	const events: RecordingEvent[] = [];
	const spool = {
		/** What its disk gives back instead. */
		damaged: null as Uint8Array<ArrayBuffer> | null,
		get journal() {
			return journal;
		},
		sizeBytes: sound.length,
		append: () => Promise.reject(new Error("it has ended")),
		flush: async () => sound.length,
		read: async (offset: number, lengthBytes: number) =>
			(spool.damaged ?? sound).slice(offset, offset + lengthBytes),
		async note(change: Partial<Journal>) {
			journal = { ...journal, ...change };
		},
		events,
		async noteEvent(event: RecordingEvent) {
			events.push(event);
		},
		file: async () => new Blob([sound]),
		close: async () => {},
	};
	return spool satisfies Spool & { damaged: unknown };
}

type Upload = { bytes: Buffer; isWhole: boolean; events: RecordingEvent[]; title: string | null };

/** Speaks as the service does, in place of the network, for as long as the test runs. */
export function fakeService(t: { after(work: () => void): void }) {
	const service = {
		uploads: new Map<string, Upload>(),
		/** `PATCH upload`, `PUT events`, …, in their order. */
		asked: [] as string[],
		/** Answers in its place; undefined: as the service would. */
		instead: (_what: string, _init: RequestInit): Response | "unreachable" | undefined => undefined,
	};
	const before = { fetch: globalThis.fetch, location: globalThis.location };
	t.after(() => Object.assign(globalThis, before));
	const answer = (status: number, headers: Record<string, string> = {}, body?: object) =>
		new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
	const receipt = (id: string, { bytes }: Upload) => ({
		...{ id, name: id, sizeBytes: bytes.length, known: false, inTrash: false },
		...{ sha256: createHash("sha256").update(bytes).digest("hex"), receivedAt: "", ladder: [] },
	});
	const reply = (method: string, path: string, init: RequestInit): Response => {
		const header = (name: string) => new Headers(init.headers).get(name);
		const [, , , kind = "", id = "", part] = path.split("/");
		if (kind === "uploads" && id === "") {
			const made = `${service.uploads.size + 1}`;
			const told = /(?:^|,)title (\S+)/.exec(header("upload-metadata") ?? "")?.[1];
			const title = told === undefined ? null : Buffer.from(told, "base64").toString();
			service.uploads.set(made, { bytes: Buffer.alloc(0), isWhole: false, events: [], title });
			return answer(201, { location: `/api/v1/uploads/${made}` });
		}
		const upload = service.uploads.get(id);
		if (upload === undefined) return answer(404);
		const body = init.body as never;
		if (kind === "recordings") {
			upload.title = (JSON.parse(body) as { title: string }).title;
			return answer(200, {}, {});
		}
		if (part === "events") {
			upload.events = (JSON.parse(body) as { events: RecordingEvent[] }).events;
			return answer(204);
		}
		if (method === "PATCH") {
			if (Number(header("upload-offset")) !== upload.bytes.length) return answer(409);
			upload.bytes = Buffer.concat([upload.bytes, body]);
			upload.isWhole = header("upload-length") !== null;
		}
		const offset = { "upload-offset": String(upload.bytes.length) };
		if (method !== "GET") return answer(method === "HEAD" ? 200 : 204, offset);
		return upload.isWhole ? answer(200, {}, receipt(id, upload)) : answer(202, {}, {});
	};
	const fetch = async (path: string, init: RequestInit = {}) => {
		const method = init.method ?? "GET";
		const kind = path.split("/").at(path.endsWith("/events") ? -1 : 3);
		const what = `${method} ${kind}`;
		service.asked.push(what);
		const instead = service.instead(what, init);
		if (instead === "unreachable") throw new TypeError("Failed to fetch");
		return instead ?? reply(method, path, init);
	};
	Object.assign(globalThis, { fetch, location: new URL("http://127.0.0.1/record") });
	return service;
}
