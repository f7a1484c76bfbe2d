import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Random, randomFrom } from "./seeded.ts";
import type { TempService } from "./temp-service.ts";
import { overSocket, recordingsOf, sha256, someWav, uploadsLeft } from "./uploads-sender.ts";

/*
 * Uploads that somebody means harm with: each is a right one with some of it changed at random. Whatever
 * comes: never a 5xx, never a file outside the folder, and an upload that was acknowledged is there.
 */

type Piece = { head: string[]; body: Buffer };

const hostileNames = [
	"../../../../etc/passwd",
	"..\\..\\boot.ini",
	"/etc/cron.d/x.wav",
	"a\u0000b.wav",
	"\u202egnp.wav",
	"<img src=x onerror=alert(1)>.wav",
	`${"x".repeat(9000)}.wav`,
	"CON",
	".",
	"..",
	"",
	"\ud800.wav",
	"a\r\nSet-Cookie: x=1.wav",
];
const hostileValues = [
	"",
	"-1",
	"0",
	"1e9",
	"99999999999999999999",
	"NaN",
	"0x10",
	" 5 ",
	"5, 5",
	"\u00ff\u00fe",
	"a".repeat(5000),
	"../..",
	"%2e%2e%2f",
	"sha256 AAAA",
	"sha1 !!!!",
	"sha-256=:AAAA:",
	"chunked",
	"identity, chunked",
	"text/html",
	"multipart/form-data",
	"multipart/form-data; boundary=",
	"application/json",
];
const names = [
	...["upload-offset", "upload-length", "upload-defer-length", "upload-metadata", "tus-resumable"],
	...["upload-checksum", "content-type", "content-length", "x-http-method-override", "host"],
	...["idempotency-key", "repr-digest", "content-disposition", "expect", "transfer-encoding"],
	...["connection", "authorization", "content-encoding", "range", "if-match"],
];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];

function pick<T>(random: Random, list: readonly T[]): T {
	return list[random(list.length)] as T;
}

function base64(text: string): string {
	return Buffer.from(text).toString("base64");
}

/** The server's, so that a body that never comes ends soon. */
export const impatient = { headersSeconds: 1, idleSeconds: 1, keepAliveSeconds: 1 };

/** Sends `count` of them, and looks at what is there afterwards. */
export async function sendMutations(
	service: TempService,
	count: number,
	seed: number,
	first = 0,
): Promise<{ statuses: Map<number, number>; kept: number }> {
	const statuses = new Map<number, number>();
	const receipts = new Map<string, string>();
	const before = await treeOf(service);
	let next = first;
	// What is begun and not finished counts against its sender: each has only some of them.
	const tokens = await Promise.all(
		Array.from({ length: Math.ceil(count / 300) }, () => service.tokenFor("upload")),
	);
	const lane = async () => {
		while (next < first + count) {
			const number = next++;
			const random = randomFrom(seed + number);
			const token = pick(random, tokens);
			const said = await sendOne({ ...service, token }, random);
			for (const [all, status, name, digest] of said) {
				statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1);
				const isFine = Number(status) < 500;
				assert.ok(isFine, `mutation ${number} of seed ${seed}: ${all}`);
				if (name && digest) receipts.set(Buffer.from(digest, "base64").toString("hex"), name);
			}
		}
	};
	await Promise.all(Array.from({ length: 24 }, lane));
	await assertSound(service, receipts, before);
	return { statuses, kept: receipts.size };
}

type Said = [all: string, status: string, name: string | undefined, digest: string | undefined];

async function sendOne(service: TempService, random: Random): Promise<Said[]> {
	const wav = someWav(0.05);
	const pieces = pick(random, [tusPieces, putPieces, formPieces])(service, random, wav);
	const sent: (string | Uint8Array)[] = [];
	for (const piece of pieces) {
		mutate(piece, random);
		sent.push(Buffer.from(`${piece.head.join("\r\n")}\r\n\r\n`, "latin1"), piece.body);
	}
	// Who stands still is ended by the server (`impatient`).
	const cut = random(4) === 0;
	const answer = await overSocket(service.url, sent, { cut, waitMs: 30_000 });
	return answer
		.split(/(?=HTTP\/1\.1 \d{3} )/)
		.filter((one) => one.startsWith("HTTP/1.1"))
		.map((one): Said => {
			const status = /^HTTP\/1\.1 (\d{3})/.exec(one)?.[1] ?? "0";
			const name = /\r\nonwax-name: (\S+)/i.exec(one)?.[1];
			return [one, status, name, /\r\nrepr-digest: sha-256=:([^:]+):/i.exec(one)?.[1]];
		});
}

function headOf(service: TempService, method: string, path: string, headers: string[]): string[] {
	const { token } = service;
	return [
		`${method} ${path} HTTP/1.1`,
		...["host: 127.0.0.1", `authorization: Bearer ${token}`, "connection: close"],
		...headers,
	];
}

/** Creation with the whole of it, so that one connection can make a recording. */
function tusPieces(service: TempService, random: Random, wav: Buffer): Piece[] {
	const name = random(2) === 0 ? "a.wav" : pick(random, hostileNames);
	const digest = createHash("sha256").update(wav).digest("base64");
	const headers = [
		"tus-resumable: 1.0.0",
		`upload-length: ${wav.length}`,
		`upload-metadata: filename ${base64(name)},title ${base64(pick(random, hostileNames).slice(0, 500))}`,
		"content-type: application/offset+octet-stream",
		...(random(2) === 0 ? [`upload-checksum: sha256 ${digest}`] : []),
		`content-length: ${wav.length}`,
	];
	return [{ head: headOf(service, "POST", "/api/v1/uploads", headers), body: wav }];
}

function putPieces(service: TempService, random: Random, wav: Buffer): Piece[] {
	const name = encodeURIComponent(
		pick(random, hostileNames).toWellFormed().slice(0, 900) || "a.wav",
	);
	const headers = [
		...(random(5) === 0 ? [`repr-digest: sha-256=:${base64("x")}:`] : []),
		`idempotency-key: ${random(1000)}-${sha256(wav).slice(0, 8)}`,
		`content-length: ${wav.length}`,
	];
	const path = `/api/v1/recordings/${name}`;
	return [{ head: headOf(service, "PUT", path, headers), body: wav }];
}

function formPieces(service: TempService, random: Random, wav: Buffer): Piece[] {
	const name = pick(random, hostileNames).toWellFormed().slice(0, 2000);
	const open = `--B\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
	const field = `--B\r\nContent-Disposition: form-data; name="${pick(random, ["title", "title", "description", "x", "tags", "__proto__"])}"\r\n\r\n${pick(random, hostileNames).slice(0, 400)}\r\n`;
	const body = Buffer.concat([
		...(random(2) === 0 ? [Buffer.from(field)] : []),
		Buffer.from(open),
		wav,
		Buffer.from("\r\n--B--\r\n"),
	]);
	const headers = [
		"content-type: multipart/form-data; boundary=B",
		`content-length: ${body.length}`,
	];
	return [{ head: headOf(service, "POST", "/api/v1/recordings", headers), body }];
}

function mutate(piece: Piece, random: Random): void {
	const changes = random(4);
	for (let change = 0; change < changes; change += 1) {
		const at = 1 + random(piece.head.length - 1);
		const name = pick(random, names);
		const value = pick(random, [...hostileValues, ...hostileNames.map((one) => base64(one))]);
		switch (random(10)) {
			case 0:
				piece.head.splice(at, 1);
				break;
			case 1:
				piece.head.push(`${name}: ${value}`);
				break;
			case 2:
				piece.head[at] = `${(piece.head[at] ?? "x").split(":")[0]}: ${value}`;
				break;
			case 3:
				piece.head[0] = (piece.head[0] ?? "").replace(/^\S+/, pick(random, methods));
				break;
			case 4:
				piece.head[0] = (piece.head[0] ?? "").replace(
					/ \S+ /,
					` ${pick(random, ["/api/v1/uploads/..%2f..%2fx", "/api/v1/uploads/", `/api/v1/uploads/${"a".repeat(32)}`, "/api/v1/recordings/%00", "/api/v1/recordings/%ff", "*", "//x", "/api/v1/recordings/..%2f..%2fup.wav"])} `,
				);
				break;
			case 5:
				piece.body = piece.body.subarray(0, random(piece.body.length + 1));
				break;
			case 6:
				piece.body = Buffer.concat([piece.body, Buffer.alloc(random(3000), random(256))]);
				break;
			case 7: {
				const copy = Buffer.from(piece.body);
				if (copy.length > 0) copy[random(copy.length)] = random(256);
				piece.body = copy;
				break;
			}
			case 8:
				piece.head.push(piece.head[at] ?? "x");
				break;
			default:
				piece.head[at] = (piece.head[at] ?? "").slice(0, random(200));
		}
	}
}

async function assertSound(
	{ app, service }: TempService,
	receipts: ReadonlyMap<string, string>,
	before: string[],
): Promise<void> {
	const { catalogue } = app.library;
	const hashes = new Set<string>();
	for (const name of await recordingsOf(app)) {
		const recording = await catalogue.get(name);
		assert.ok(recording);
		const { metadata } = recording;
		const hash = metadata.original?.sha256 ?? metadata.files[metadata.audioFile]?.sha256 ?? "";
		assert.ok(!hashes.has(hash), `${name} is there twice`);
		hashes.add(hash);
		assert.doesNotMatch(metadata.originalFilename ?? "", /[/\\\p{Cc}\u202e]/u);
		assert.ok((metadata.originalFilename ?? "").length <= 220);
	}
	for (const hash of receipts.keys()) assert.ok(hashes.has(hash), "a receipt's audio is there");
	assert.deepEqual(await treeOf({ app, service }), before, "nothing lies where nothing belongs");
	for (const entry of await uploadsLeft(app)) assert.match(entry, /^(\.purged-)?[0-9a-f]{32}$/);
}

/** Everything in the library's folder that is not of a recording, an upload or SQLite. */
async function treeOf({ app }: Pick<TempService, "app" | "service">): Promise<string[]> {
	const { data } = app.library.layout;
	const above = await readdir(join(data, ".."));
	const inside = (await readdir(data)).filter(
		(entry) => !/^(library\.db|audit|uploads)/.test(entry),
	);
	const recordings = await readdir(app.library.layout.recordings);
	return [above.filter((entry) => /passwd|boot|\.wav/.test(entry)), inside, recordings]
		.flat()
		.sort();
}
