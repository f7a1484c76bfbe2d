import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { type Duplex, PassThrough, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { OnwaxError } from "../errors.ts";

export type ArchiveKind = "bzip2" | "gzip" | "tar";

/** What a file is by its first bytes, or null where it is no archive that can be unpacked here. */
export async function archiveKind(path: string): Promise<ArchiveKind | null> {
	const handle = await open(path, "r");
	try {
		const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
		const head = buffer.subarray(0, bytesRead);
		if (head.toString("latin1", 0, 3) === "BZh") return "bzip2";
		if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
		return head.toString("latin1", 257, 262) === "ustar" ? "tar" : null;
	} finally {
		await handle.close();
	}
}

export type Decompressed = { bytes: Readable; stop(): void };

/**
 * The tar inside. For bzip2 the system's own program is asked first, which is three times as quick as
 * the library that takes its place where there is none.
 */
export async function decompress(path: string, kind: ArchiveKind): Promise<Decompressed> {
	switch (kind) {
		case "tar":
			return stoppable(createReadStream(path));
		case "gzip":
			return through(path, createGunzip());
		case "bzip2":
			return (await bzip2Program(path)) ?? through(path, bzip2Library());
	}
}

/** Null where the machine has no bzip2. On Windows a program of that name could lie anywhere. */
async function bzip2Program(path: string): Promise<Decompressed | null> {
	if (process.platform === "win32") return null;
	const handle = await open(path, "r");
	try {
		const child = spawn("bzip2", ["-dc"], {
			stdio: [handle.fd, "pipe", "ignore"],
			env: { PATH: process.env.PATH },
		});
		const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
		try {
			await once(child, "spawn");
		} catch {
			return null;
		}
		const bytes = passThrough();
		child.stdout?.pipe(bytes, { end: false });
		void ended.then((status) => {
			if (status === 0) bytes.end();
			else bytes.destroy(notWhole());
		});
		return {
			bytes,
			stop() {
				child.kill("SIGKILL");
				bytes.destroy();
			},
		};
	} finally {
		await handle.close();
	}
}

function bzip2Library(): Duplex {
	// CommonJS without types; a stream of Node's first kind, which pipes.
	const create = createRequire(import.meta.url)("unbzip2-stream") as () => Duplex;
	return create();
}

function through(path: string, decoder: Duplex): Decompressed {
	const file = createReadStream(path);
	const bytes = passThrough();
	file.on("error", (error) => bytes.destroy(error));
	decoder.on("error", (cause: Error) => bytes.destroy(notWhole(cause)));
	file.pipe(decoder).pipe(bytes);
	return {
		bytes,
		stop() {
			file.unpipe();
			file.destroy();
			bytes.destroy();
		},
	};
}

/** Whoever reads it is told of an error, also of one that came before anybody read. */
function passThrough(): PassThrough {
	return new PassThrough().on("error", () => undefined);
}

function stoppable(bytes: Readable): Decompressed {
	return { bytes, stop: () => void bytes.destroy() };
}

export function notWhole(cause?: unknown): OnwaxError {
	return new OnwaxError("ERR_DAMAGED", "The archive is damaged or not complete.", {
		hint: "Nothing of it is used. Get it once more.",
		...(cause === undefined ? {} : { cause }),
	});
}
