import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { FileStore } from "@tus/file-store";
import { Server as TusServer } from "@tus/server";
import { tempFolder } from "./temp-folder.ts";
import { startTempService, type TempService } from "./temp-service.ts";
import { begin, metadata, overSocket, partType, someWav, tus } from "./uploads-sender.ts";

/*
 * What tus 1.0.0 (tus.io/protocols/resumable-upload) says that a server MUST do, and the SHOULDs that
 * clients lean on, in the order of its text. Written from the text alone, as requests and answers.
 */

type Ask = {
	method: string;
	/** `create`, or `upload`: the one that was begun for this row. */
	at?: "create" | "upload";
	headers?: Record<string, string>;
	body?: Uint8Array;
};
type Expect = { status: number | number[]; headers?: Record<string, string | RegExp | null> };
type Row = {
	must: string;
	/** The upload that there is before: its length (null: deferred), and how much of it has come. */
	given?: { length: number | null; sent?: number; metadata?: Record<string, string> };
	ask: Ask | ((wav: Buffer) => Ask);
	expect: Expect;
	after?: { offset?: number; status?: number };
};

const size = 8044;
const part = (offset: number, headers: Record<string, string> = {}) => ({
	...tus,
	...partType,
	"upload-offset": `${offset}`,
	...headers,
});
const checksum = (algorithm: string, bytes: Uint8Array) => ({
	"upload-checksum": `${algorithm} ${createHash(algorithm).update(bytes).digest("base64")}`,
});
const bytes = (length: number) => Buffer.alloc(length, 7);
const whole = { length: size };

const rows: Row[] = [
	// Core: HEAD
	{
		must: "HEAD includes Upload-Offset, also when it is 0, and Upload-Length when known",
		given: whole,
		ask: { method: "HEAD", headers: tus },
		expect: { status: 200, headers: { "upload-offset": "0", "upload-length": `${size}` } },
	},
	{
		must: "HEAD tells the offset that was reached",
		given: { length: size, sent: 1234 },
		ask: { method: "HEAD", headers: tus },
		expect: { status: 200, headers: { "upload-offset": "1234" } },
	},
	{
		must: "HEAD is not cached",
		given: whole,
		ask: { method: "HEAD", headers: tus },
		expect: { status: 200, headers: { "cache-control": /no-store/ } },
	},
	{
		must: "HEAD of what is not there is 404, 410 or 403, without an Upload-Offset",
		ask: { method: "HEAD", at: "upload", headers: tus },
		expect: { status: [404, 410, 403], headers: { "upload-offset": null } },
	},
	// Core: PATCH
	{
		must: "PATCH is answered 204 with the new offset",
		given: whole,
		ask: { method: "PATCH", headers: part(0), body: bytes(500) },
		expect: { status: 204, headers: { "upload-offset": "500" } },
		after: { offset: 500 },
	},
	{
		must: "PATCH of another type is 415",
		given: whole,
		ask: { method: "PATCH", headers: { ...part(0), "content-type": "text/plain" }, body: bytes(5) },
		expect: { status: 415 },
		after: { offset: 0 },
	},
	{
		must: "PATCH at another offset is 409, and changes nothing",
		given: { length: size, sent: 100 },
		ask: { method: "PATCH", headers: part(50), body: bytes(100) },
		expect: { status: 409 },
		after: { offset: 100 },
	},
	{
		must: "PATCH beyond is 409 as well",
		given: { length: size, sent: 100 },
		ask: { method: "PATCH", headers: part(200), body: bytes(100) },
		expect: { status: 409 },
		after: { offset: 100 },
	},
	{
		must: "PATCH of what is not there is 404",
		ask: { method: "PATCH", at: "upload", headers: part(0), body: bytes(5) },
		expect: { status: 404 },
	},
	{
		must: "PATCH without an offset is refused",
		given: whole,
		ask: { method: "PATCH", headers: { ...tus, ...partType }, body: bytes(5) },
		expect: { status: 400 },
		after: { offset: 0 },
	},
	{
		must: "PATCH with an offset that is no number is refused",
		given: whole,
		ask: { method: "PATCH", headers: { ...part(0), "upload-offset": "-1" }, body: bytes(5) },
		expect: { status: 400 },
		after: { offset: 0 },
	},
	{
		must: "PATCH never grows an upload beyond its length",
		given: { length: size, sent: 8000 },
		ask: { method: "PATCH", headers: part(8000), body: bytes(100) },
		expect: { status: [400, 413] },
		after: { offset: 8000 },
	},
	{
		must: "PATCH without a byte is a PATCH",
		given: { length: size, sent: 10 },
		ask: { method: "PATCH", headers: part(10), body: bytes(0) },
		expect: { status: 204, headers: { "upload-offset": "10" } },
	},
	{
		must: "the last PATCH is 204 with the length as its offset",
		given: { length: size, sent: 8000 },
		ask: (wav) => ({ method: "PATCH", headers: part(8000), body: wav.subarray(8000) }),
		expect: { status: 204, headers: { "upload-offset": `${size}` } },
		after: { offset: size },
	},
	// Core: versions and overriding
	{
		must: "an answer carries Tus-Resumable",
		given: whole,
		ask: { method: "PATCH", headers: part(0), body: bytes(1) },
		expect: { status: 204, headers: { "tus-resumable": "1.0.0" } },
	},
	{
		must: "a refusal carries Tus-Resumable",
		given: whole,
		ask: { method: "PATCH", headers: part(77), body: bytes(1) },
		expect: { status: 409, headers: { "tus-resumable": "1.0.0" } },
	},
	...["POST", "HEAD", "PATCH", "DELETE"].map(
		(method): Row => ({
			must: `${method} of another version is 412 with Tus-Version, and is not done`,
			given: whole,
			ask: {
				method,
				at: method === "POST" ? "create" : "upload",
				headers: { ...part(0), "tus-resumable": "0.2.2", "upload-length": "10" },
				...(method === "PATCH" ? { body: bytes(10) } : {}),
			},
			expect: { status: 412, headers: { "tus-version": /1\.0\.0/ } },
			after: { offset: 0 },
		}),
	),
	{
		must: "POST without a version is 412",
		ask: { method: "POST", at: "create", headers: { "upload-length": "10" } },
		expect: { status: 412, headers: { "tus-version": /1\.0\.0/ } },
	},
	{
		must: "X-HTTP-Method-Override counts as the method",
		given: whole,
		ask: {
			method: "POST",
			headers: { ...part(0), "x-http-method-override": "PATCH" },
			body: bytes(300),
		},
		expect: { status: 204, headers: { "upload-offset": "300" } },
		after: { offset: 300 },
	},
	// OPTIONS
	{
		must: "OPTIONS is 204 or 200 with Tus-Version, without asking for Tus-Resumable",
		ask: { method: "OPTIONS", at: "create" },
		expect: { status: [200, 204], headers: { "tus-version": "1.0.0" } },
	},
	{
		must: "OPTIONS lists the extensions",
		ask: { method: "OPTIONS", at: "create" },
		expect: {
			status: [200, 204],
			headers: {
				"tus-extension":
					/^creation,creation-with-upload,creation-defer-length,checksum,expiration,termination$/,
			},
		},
	},
	{
		must: "OPTIONS says the largest size, as a number",
		ask: { method: "OPTIONS", at: "create" },
		expect: { status: [200, 204], headers: { "tus-max-size": /^\d+$/ } },
	},
	// Creation
	{
		must: "creation is 201 with a Location",
		ask: { method: "POST", at: "create", headers: { ...tus, "upload-length": "100" } },
		expect: { status: 201, headers: { location: /./ } },
	},
	{
		must: "a length beyond Tus-Max-Size is 413",
		ask: { method: "POST", at: "create", headers: { ...tus, "upload-length": "999999999999" } },
		expect: { status: 413, headers: { location: null } },
	},
	{
		must: "neither length nor deferring is 400",
		ask: { method: "POST", at: "create", headers: tus },
		expect: { status: 400, headers: { location: null } },
	},
	{
		must: "both are 400",
		ask: {
			method: "POST",
			at: "create",
			headers: { ...tus, "upload-length": "5", "upload-defer-length": "1" },
		},
		expect: { status: 400 },
	},
	{
		must: "Upload-Defer-Length other than 1 is 400",
		ask: { method: "POST", at: "create", headers: { ...tus, "upload-defer-length": "2" } },
		expect: { status: 400 },
	},
	{
		must: "a length that is no number is 400",
		ask: { method: "POST", at: "create", headers: { ...tus, "upload-length": "many" } },
		expect: { status: 400 },
	},
	{
		must: "HEAD of a deferred length says so until it is known",
		given: { length: null, sent: 10 },
		ask: { method: "HEAD", headers: tus },
		expect: { status: 200, headers: { "upload-defer-length": "1", "upload-length": null } },
	},
	{
		must: "the length may come with a PATCH",
		given: { length: null, sent: 10 },
		ask: { method: "PATCH", headers: part(10, { "upload-length": "999" }), body: bytes(10) },
		expect: { status: 204, headers: { "upload-offset": "20" } },
		after: { offset: 20 },
	},
	{
		must: "a length that is known does not change",
		given: whole,
		ask: { method: "PATCH", headers: part(0, { "upload-length": "999" }), body: bytes(10) },
		expect: { status: 400 },
		after: { offset: 0 },
	},
	{
		must: "a length below what has come is refused",
		given: { length: null, sent: 10 },
		ask: { method: "PATCH", headers: part(10, { "upload-length": "5" }), body: bytes(0) },
		expect: { status: 400 },
		after: { offset: 10 },
	},
	{
		must: "HEAD tells Upload-Metadata as it was given",
		given: { length: size, metadata: { filename: "ä.wav", other: "x" } },
		ask: { method: "HEAD", headers: tus },
		expect: {
			status: 200,
			headers: { "upload-metadata": metadata({ filename: "ä.wav", other: "x" }) },
		},
	},
	...["no base64!", "a YQ==,a Yg==", ",", "a YQ== b", "k\u00e4y YQ=="].map(
		(header): Row => ({
			must: `metadata that is none is refused: ${header}`,
			ask: {
				method: "POST",
				at: "create",
				headers: { ...tus, "upload-length": "5", "upload-metadata": header },
			},
			expect: { status: 400 },
		}),
	),
	{
		must: "a metadata key may stand alone",
		ask: {
			method: "POST",
			at: "create",
			headers: { ...tus, "upload-length": "5", "upload-metadata": "is_confidential" },
		},
		expect: { status: 201 },
	},
	// Creation with upload
	{
		must: "creation may bring bytes, and says how many were taken",
		ask: {
			method: "POST",
			at: "create",
			headers: {
				...{ ...tus, ...partType, "upload-length": "900" },
				"upload-metadata": metadata({ filename: "a.wav" }),
			},
			body: bytes(200),
		},
		expect: { status: 201, headers: { "upload-offset": "200", location: /./ } },
	},
	{
		must: "creation with bytes of another type is refused",
		ask: {
			method: "POST",
			at: "create",
			headers: { ...tus, "content-type": "text/plain", "upload-length": "900" },
			body: bytes(200),
		},
		expect: { status: 415 },
	},
	// Expiration
	{
		must: "an unfinished upload says when it expires, in the format of RFC 9110",
		given: { length: size, sent: 10 },
		ask: { method: "PATCH", headers: part(10), body: bytes(10) },
		expect: {
			status: 204,
			headers: { "upload-expires": /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/ },
		},
	},
	// Checksum
	{
		must: "OPTIONS lists algorithms, sha1 among them",
		ask: { method: "OPTIONS", at: "create" },
		expect: { status: [200, 204], headers: { "tus-checksum-algorithm": /(^|,)sha1(,|$)/ } },
	},
	...["sha1", "sha256"].flatMap((algorithm): Row[] => [
		{
			must: `a right ${algorithm} is taken`,
			given: whole,
			ask: {
				method: "PATCH",
				headers: part(0, checksum(algorithm, bytes(64))),
				body: bytes(64),
			},
			expect: { status: 204, headers: { "upload-offset": "64" } },
			after: { offset: 64 },
		},
		{
			must: `a wrong ${algorithm} is 460, and the offset stays`,
			given: { length: size, sent: 5 },
			ask: {
				method: "PATCH",
				headers: part(5, checksum(algorithm, bytes(63))),
				body: bytes(64),
			},
			expect: { status: 460 },
			after: { offset: 5 },
		},
	]),
	{
		must: "an algorithm that is not known is 400, and the offset stays",
		given: whole,
		ask: { method: "PATCH", headers: part(0, { "upload-checksum": "md4 YQ==" }), body: bytes(4) },
		expect: { status: 400 },
		after: { offset: 0 },
	},
	{
		must: "a checksum that is none is 400",
		given: whole,
		ask: { method: "PATCH", headers: part(0, { "upload-checksum": "sha1 YQ==" }), body: bytes(4) },
		expect: { status: 400 },
		after: { offset: 0 },
	},
	// Termination
	{
		must: "DELETE is 204, and the upload is gone",
		given: { length: size, sent: 10 },
		ask: { method: "DELETE", headers: tus },
		expect: { status: 204 },
		after: { status: 404 },
	},
	{
		must: "DELETE of what is not there is 404",
		ask: { method: "DELETE", at: "upload", headers: tus },
		expect: { status: 404 },
	},
];

type Target = Pick<TempService, "url" | "ask" | "token">;

async function check(service: Target, row: Row): Promise<void> {
	const wav = someWav();
	const { given } = row;
	const address = given
		? await begin(service, given.length, given.metadata ?? { filename: "a.wav" })
		: `/api/v1/uploads/${"0".repeat(32)}`;
	if (given?.sent) {
		const body = new Uint8Array(wav.subarray(0, given.sent));
		const sent = await service.ask(address, { method: "PATCH", headers: part(0), body });
		assert.equal(sent.status, 204);
	}
	const ask = typeof row.ask === "function" ? row.ask(wav) : row.ask;
	const { status, headers } = await send(service, ask, address);
	const { expect } = row;
	const wanted = Array.isArray(expect.status) ? expect.status : [expect.status];
	assert.ok(wanted.includes(status), `${status} is not ${wanted}`);
	for (const [name, value] of Object.entries(expect.headers ?? {})) {
		const actual = headers.get(name);
		if (value instanceof RegExp) assert.match(actual ?? "", value, name);
		else assert.equal(actual, value, name);
	}
	if (ask.method !== "OPTIONS") assert.equal(headers.get("tus-resumable"), "1.0.0");
	if (row.after) {
		const later = await service.ask(address, { method: "HEAD", headers: tus });
		assert.equal(later.status, row.after.status ?? 200);
		if (row.after.offset !== undefined) {
			assert.equal(later.headers.get("upload-offset"), `${row.after.offset}`);
		}
	}
	if (given && row.after?.status !== 404) {
		await service.ask(address, { method: "DELETE", headers: tus });
	}
}

/** Through a socket: `fetch` would add, change and refuse headers. */
async function send({ url, token }: Target, ask: Ask, address: string) {
	const body = ask.body ?? Buffer.alloc(0);
	const head = [
		`${ask.method} ${ask.at === "create" ? "/api/v1/uploads" : address} HTTP/1.1`,
		"host: 127.0.0.1",
		...(ask.method === "OPTIONS" ? [] : [`authorization: Bearer ${token}`]),
		"connection: close",
		...(ask.body ? [`content-length: ${body.length}`] : []),
		...Object.entries(ask.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
	];
	const said = await overSocket(url, [Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
	const [first = "", ...lines] = (said.split("\r\n\r\n", 1)[0] ?? "").split("\r\n");
	const headers = new Headers(
		lines.map((line): [string, string] => {
			const colon = line.indexOf(":");
			return [line.slice(0, colon), line.slice(colon + 1).trim()];
		}),
	);
	return { status: Number(first.split(" ")[1]), headers };
}

test("the MUSTs of tus 1.0.0, as a table", async (t: TestContext) => {
	const service = await startTempService(t);
	for (const row of rows) await t.test(row.must, () => check(service, row));
});

/** The server of tus' own authors, so that the table is more than our reading of the text. */
async function startReference(t: TestContext): Promise<Target> {
	const directory = await tempFolder(t);
	const tusServer = new TusServer({
		path: "/api/v1/uploads",
		datastore: new FileStore({ directory }),
		relativeLocation: true,
		maxSize: 1e9,
	});
	const server = createServer((request, response) => void tusServer.handle(request, response));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => server.close());
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { url, token: "", ask: (path, init) => fetch(`${url}${path}`, init) };
}

/** Where that server does something else, and why the table stays as it is. */
const otherwise: Record<string, string[]> = {
	"it has no checksums": [
		"OPTIONS lists algorithms, sha1 among them",
		"a wrong sha1 is 460, and the offset stays",
		"a wrong sha256 is 460, and the offset stays",
		"an algorithm that is not known is 400, and the offset stays",
		"a checksum that is none is 400",
		"OPTIONS lists the extensions",
	],
	"with files it knows no expiry that it was not given": [
		"an unfinished upload says when it expires, in the format of RFC 9110",
	],
	"it refuses with another 4xx; the text says 412 and 415": [
		...["POST", "HEAD", "PATCH", "DELETE"].map(
			(method) => `${method} of another version is 412 with Tus-Version, and is not done`,
		),
		"PATCH of another type is 415",
	],
	"it refuses with another 4xx; the text leaves open which": ["PATCH without an offset is refused"],
	"it refuses as the text says, without the Tus-Version that the text asks for": [
		"POST without a version is 412",
	],
	"it does not know the header": ["X-HTTP-Method-Override counts as the method"],
	"it ignores bytes of another type": ["creation with bytes of another type is refused"],
};

test("the table holds for the server of tus' own authors as well, but for what is said", async (t: TestContext) => {
	const reference = await startReference(t);
	const failing: string[] = [];
	for (const row of rows) {
		await check(reference, row).catch((error: unknown) => {
			if (!(error instanceof assert.AssertionError)) throw error;
			failing.push(row.must);
		});
	}
	assert.deepEqual(failing.sort(), Object.values(otherwise).flat().sort());
});
