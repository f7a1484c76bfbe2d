import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import type { App } from "../src/app/open-app.ts";
import type { Receipt } from "../src/server/contract/receipt.ts";
import { toneWav } from "./audio.ts";
import type { TempService } from "./temp-service.ts";

export const tus = { "tus-resumable": "1.0.0" };
export const partType = { "content-type": "application/offset+octet-stream" };

let made = 0;

/** A short recording like no other in this process. */
export function someWav(seconds = 0.5): Buffer {
	made += 1;
	const wav = toneWav({ sampleRate: 8000, channels: 1, bitDepth: 16 }, seconds);
	wav.writeUInt32LE(made, 44);
	wav.writeUInt32LE(process.pid, 48);
	return wav;
}

export function sha256(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}

export function metadata(pairs: Record<string, string>): string {
	return Object.entries(pairs)
		.map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`)
		.join(",");
}

type Asks = Pick<TempService, "ask">;

/** Begins an upload; its address. */
export async function begin(
	{ ask }: Asks,
	lengthBytes: number | null,
	about: Record<string, string> = { filename: "a.wav" },
): Promise<string> {
	const length: Record<string, string> =
		lengthBytes === null ? { "upload-defer-length": "1" } : { "upload-length": `${lengthBytes}` };
	const headers = { ...tus, ...length, "upload-metadata": metadata(about) };
	const response = await ask("/api/v1/uploads", { method: "POST", headers });
	if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
	return response.headers.get("location") as string;
}

export function patch(
	{ ask }: Asks,
	address: string,
	offsetBytes: number,
	body: Uint8Array,
	headers: Record<string, string> = {},
): Promise<Response> {
	return ask(address, {
		method: "PATCH",
		headers: { ...tus, ...partType, "upload-offset": `${offsetBytes}`, ...headers },
		body: new Uint8Array(body),
	});
}

export function head({ ask }: Asks, address: string): Promise<Response> {
	return ask(address, { method: "HEAD", headers: tus });
}

export async function offsetOf(service: Asks, address: string): Promise<number> {
	return Number((await head(service, address)).headers.get("upload-offset"));
}

export async function receiptOf({ ask }: Asks, address: string): Promise<Receipt> {
	const response = await ask(address);
	if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
	return (await response.json()) as Receipt;
}

/** Sends these bytes over a connection of its own, and what the server says until it is closed. */
export function overSocket(
	url: string,
	pieces: readonly (string | Uint8Array)[],
	{ cut = false, waitMs = 3000 }: { cut?: boolean; waitMs?: number } = {},
): Promise<string> {
	const { hostname, port } = new URL(url);
	return new Promise((resolve) => {
		const said: Buffer[] = [];
		const socket = connect(Number(port), hostname, () => {
			for (const piece of pieces) socket.write(piece);
			// Reset once the kernel has taken everything, as where a cable is pulled.
			if (cut) socket.write("", () => setTimeout(() => socket.resetAndDestroy(), 30));
		});
		socket.on("data", (chunk) => said.push(chunk));
		socket.on("error", () => {});
		socket.on("close", () => resolve(Buffer.concat(said).toString("latin1")));
		socket.setTimeout(waitMs, () => socket.destroy());
	});
}

/** Names of all recordings, on whatever shelf, that have this audio. */
export async function withSha256(app: App, hash: string): Promise<string | undefined> {
	return (await app.library.catalogue.findByOriginalSha256([hash])).get(hash);
}

/** What lies in the folder of uploads, besides the lock and the receipts. */
export async function uploadsLeft(app: App): Promise<string[]> {
	const entries = await readdir(app.library.layout.uploads).catch((): string[] => []);
	return entries.filter((entry) => entry !== "receipts" && !entry.startsWith("lock.db"));
}

export async function recordingsOf(app: App): Promise<string[]> {
	const names: string[] = [];
	for await (const { name } of app.library.catalogue.shelves()) names.push(name);
	return names;
}
