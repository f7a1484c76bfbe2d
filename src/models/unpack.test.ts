import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type TarEntry, tarOf } from "../../test/tar-writer.ts";
import { tempFolder } from "../../test/temp-folder.ts";
import { makeFolder } from "../durable/make-folder.ts";
import { OnwaxError } from "../errors.ts";
import { archiveKind } from "./decompress.ts";
import { entryParts } from "./entry-path.ts";
import { type UnpackLimits, unpack } from "./unpack.ts";

const limits: UnpackLimits = { maxBytes: 1e6, maxEntries: 100 };

async function unpackBytes(t: TestContext, bytes: Buffer, over: Partial<UnpackLimits> = {}) {
	const around = await tempFolder(t);
	const path = join(around, "archive");
	const folder = join(around, "unpacked");
	await writeFile(path, bytes);
	await makeFolder(folder);
	const kind = await archiveKind(path);
	assert.ok(kind !== null);
	const options = {
		limits: { ...limits, ...over },
		signal: new AbortController().signal,
		onProgress: () => {},
	};
	const unpacked = unpack({ path, kind }, folder, options);
	return { around, folder, unpacked };
}

/** Refused, and nothing lies outside of the folder. */
async function assertRefused(
	t: TestContext,
	entries: TarEntry[],
	why: RegExp,
	over: Partial<UnpackLimits> = {},
): Promise<string> {
	const { around, folder, unpacked } = await unpackBytes(t, tarOf(entries), over);
	await assert.rejects(unpacked, (error) => {
		assert.ok(error instanceof OnwaxError, String(error));
		assert.equal(error.code, "ERR_DAMAGED");
		assert.match(error.message, why);
		return true;
	});
	assert.deepEqual((await readdir(around)).sort(), ["archive", "unpacked"]);
	return folder;
}

const content = randomBytes(100_000);
const honest: TarEntry[] = [
	{ name: "model/" },
	{ name: "model/tokens.txt", content: Buffer.from("a 0\n") },
	{ name: "model/test_wavs/0.wav", content },
	{ name: "./model/empty", content: Buffer.alloc(0) },
];

async function assertHonest(folder: string): Promise<void> {
	assert.deepEqual((await readdir(folder, { recursive: true })).sort(), [
		"model",
		"model/empty",
		"model/test_wavs",
		"model/test_wavs/0.wav",
		"model/tokens.txt",
	]);
	assert.ok((await readFile(join(folder, "model/test_wavs/0.wav"))).equals(content));
}

test("an archive comes out as it went in: tar, gzip", async (t) => {
	for (const bytes of [tarOf(honest), gzipSync(tarOf(honest))]) {
		const { folder, unpacked } = await unpackBytes(t, bytes);
		await unpacked;
		await assertHonest(folder);
	}
});

/** A tar with one file, `model/tokens.txt`, made by bzip2 1.0.8. */
const bzipped =
	"QlpoOTFBWSZTWZtKXw4AAHT7gMqQAQBAAeUAQABmT57ACAggAFRGqbUA00aHqYg2UEkkaaAAAyB9KwchBCdCEXRaA1UHoEMHriXccKBPYQjgXIONjzS4brpTz1rfijRxnXPiqtOaq1+GSAAi/F3JFOFCQm0pfDg=";

test("bzip2 comes out the same from the system's program and from the library", async (t) => {
	const path = process.env.PATH;
	t.after(() => {
		process.env.PATH = path;
	});
	for (const programs of [path, "/nowhere"]) {
		process.env.PATH = programs;
		const { folder, unpacked } = await unpackBytes(t, Buffer.from(bzipped, "base64"));
		await unpacked;
		assert.equal(await readFile(join(folder, "model/tokens.txt"), "utf8"), "hello onwax\n");
	}
});

test("a large bzip2 archive comes out the same from both", async (t) => {
	const path = process.env.PATH;
	let bytes: Buffer;
	try {
		bytes = execFileSync("bzip2", ["-c"], { input: tarOf(honest) });
	} catch {
		return t.skip("needs bzip2");
	}
	t.after(() => {
		process.env.PATH = path;
	});
	for (const programs of [path, "/nowhere"]) {
		process.env.PATH = programs;
		const { folder, unpacked } = await unpackBytes(t, bytes);
		await unpacked;
		await assertHonest(folder);
		const torn = await unpackBytes(t, bytes.subarray(0, bytes.length - 500));
		await assert.rejects(torn.unpacked, /damaged or not complete/);
		const flipped = Buffer.from(bytes);
		flipped[50_000] = (flipped[50_000] ?? 0) ^ 0x10;
		const bad = await unpackBytes(t, flipped);
		await assert.rejects(bad.unpacked, /damaged or not complete/);
	}
});

test("entries that lead out of the folder are refused", async (t) => {
	const evil = Buffer.from("evil");
	for (const name of [
		"../evil",
		"model/../../evil",
		"/tmp/evil",
		"model\\..\\..\\evil",
		"C:/evil",
		"..",
		"model/..",
		"a/b/c/d/e/f/g/h/i",
		"new\nline",
		" leading",
	]) {
		await assertRefused(t, [...honest, { name, content: evil }], /would lie outside/);
	}
});

test("whatever an entry is called, its parts stay inside", () => {
	fc.assert(
		fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.string()), (name, more) => {
			const parts = entryParts([name, ...more].join("/"));
			if (parts === null) return;
			for (const part of parts) {
				assert.ok(part !== ".." && part !== "." && part !== "");
				assert.doesNotMatch(part, /[\\/\0]/);
			}
		}),
	);
});

test("links and devices are refused before anything is written through them", async (t) => {
	for (const type of ["1", "2", "3", "4", "6"]) {
		const folder = await assertRefused(
			t,
			[
				{ name: "model/out", type, ...(type < "3" ? { linkName: "../../.." } : {}) },
				{ name: "model/out/evil", content: Buffer.from("evil") },
			],
			/is a link or a device/,
		);
		assert.deepEqual(await readdir(folder), []);
	}
});

test("an entry that announces terabytes is refused before a byte of it is written", async (t) => {
	for (const type of ["0", "7"]) {
		const folder = await assertRefused(
			t,
			[{ name: "huge", type, content, announcedBytes: 2 ** 43 }],
			/says that it holds 8796093 MB/,
		);
		assert.deepEqual(await readdir(folder), []);
	}
});

test("sparse files and types that nobody knows are refused", async (t) => {
	for (const type of ["S", "Z", "M"]) {
		await assertRefused(
			t,
			[{ name: "sparse", type, content }],
			/neither a file nor a folder|damaged/,
		);
	}
});

test("many small entries, and many that are large together, are refused", async (t) => {
	const many = Array.from({ length: 101 }, (_, i) => ({ name: `f${i}`, content: Buffer.alloc(1) }));
	await assertRefused(t, many, /more than 100 entries/);
	const large = Array.from({ length: 11 }, (_, i) => ({ name: `f${i}`, content }));
	await assertRefused(t, large, /says that it holds 1 MB/);
});

test("a million empty entries are refused quickly", async (t) => {
	const one = tarOf([{ name: "f", content: Buffer.alloc(0) }]).subarray(0, 512);
	const bytes = gzipSync(Buffer.concat([Buffer.alloc(512 * 200_000, one), Buffer.alloc(1024)]));
	const { unpacked, folder } = await unpackBytes(t, bytes);
	await assert.rejects(unpacked, /more than 100 entries|same name/);
	assert.ok((await readdir(folder)).length <= 1);
});

test("a long name that fills the memory is refused", async (t) => {
	const name = Buffer.alloc(5e6, "a");
	await assertRefused(
		t,
		[
			{ name: "././@LongLink", type: "L", content: name },
			{ name: "x", content },
		],
		/damaged|neither|outside/,
	);
});

test("the same name twice, also as file and folder, is refused", async (t) => {
	await assertRefused(
		t,
		[
			{ name: "a", content },
			{ name: "a", content },
		],
		/same name/,
	);
	await assertRefused(
		t,
		[
			{ name: "a", content },
			{ name: "a/b", content },
		],
		/same name/,
	);
});

test("nothing is written through a link that was there before", async (t) => {
	const outside = await tempFolder(t);
	const around = await tempFolder(t);
	const path = join(around, "archive");
	await writeFile(path, tarOf([{ name: "link", content }]));
	const folder = join(around, "unpacked");
	await makeFolder(folder);
	await symlink(join(outside, "target"), join(folder, "link"));
	const signal = new AbortController().signal;
	await assert.rejects(
		unpack({ path, kind: "tar" }, folder, { limits, signal, onProgress: () => {} }),
	);
	assert.deepEqual(await readdir(outside), []);
});

test("an archive that ends too early is refused, wherever it was cut", async (t) => {
	const whole = tarOf(honest);
	for (const length of [100, 512, 513, 1500, 50_000, whole.length - 1024]) {
		const bytes = whole.subarray(0, length);
		const around = await tempFolder(t);
		await writeFile(join(around, "archive"), bytes);
		const folder = join(around, "unpacked");
		await makeFolder(folder);
		const signal = new AbortController().signal;
		await assert.rejects(
			unpack({ path: join(around, "archive"), kind: "tar" }, folder, {
				limits,
				signal,
				onProgress: () => {},
			}),
			/damaged or not complete/,
			String(length),
		);
	}
});

test("a compressed archive that is cut off in the middle of a file is refused", async (t) => {
	const bytes = gzipSync(tarOf(honest));
	for (const length of [20, 5000, 50_000, bytes.length - 4]) {
		const { unpacked } = await unpackBytes(t, bytes.subarray(0, length));
		await assert.rejects(unpacked, /damaged or not complete/, String(length));
	}
});

test("what is no archive is told", async (t) => {
	const folder = await tempFolder(t);
	for (const bytes of ["", "BZ", "<!doctype html>", "x".repeat(1000)]) {
		await writeFile(join(folder, "x"), bytes);
		assert.equal(await archiveKind(join(folder, "x")), null);
	}
});

test("what comes out of an archive is counted, not what its entries say: a few bytes of zeros are refused", async (t) => {
	for (const beginning of [Buffer.alloc(0), tarOf(honest)]) {
		const bomb = gzipSync(Buffer.concat([beginning, Buffer.alloc(20e6)]));
		const { unpacked } = await unpackBytes(t, bomb);
		await assert.rejects(unpacked, /not unpacked: more than 1 MB came out of it/);
	}
});

test("zeros after the end of a tar are read and not gathered", { timeout: 60_000 }, async (t) => {
	const bytes = gzipSync(Buffer.concat([tarOf(honest), Buffer.alloc(100e6)]));
	const { folder, unpacked } = await unpackBytes(t, bytes, { maxBytes: 1e9 });
	await unpacked;
	await assertHonest(folder);
});

test("an archive within an archive is not unpacked in secret", async (t) => {
	const { folder, unpacked } = await unpackBytes(t, gzipSync(gzipSync(tarOf(honest))));
	await assert.rejects(unpacked, /damaged or not complete/);
	assert.deepEqual(await readdir(folder), []);
});
