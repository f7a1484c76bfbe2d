import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";
import { OnwaxError } from "../errors.ts";

export const passwordHash = z.strictObject({
	algorithm: z.literal("argon2id"),
	memoryKib: z.int().min(8).max(4_194_304),
	passes: z.int().min(1).max(1000),
	parallelism: z.int().min(1).max(64),
	saltBase64: z.base64().min(16),
	hashBase64: z.base64().min(40),
	setAt: z.iso.datetime(),
});
export type PasswordHash = z.infer<typeof passwordHash>;

const derive = promisify(argon2);

/** The second recommendation of RFC 9106: 64 MiB, three passes; about 0.15 s of one request. */
const cost = { memoryKib: 65_536, passes: 3, parallelism: 4 };
const hashBytes = 32;

const fewestLetters = 10;
const mostBytes = 1000;

/** The same word typed on two keyboards may come as different code points. */
function bytesOf(password: string): Buffer {
	return Buffer.from(password.normalize("NFC"), "utf8");
}

/** @throws ERR_USAGE where it is too short to be one, or absurdly long */
export function checkNewPassword(password: string): void {
	const hint = "A few words that nobody else puts together are good.";
	if ([...password.normalize("NFC")].length < fewestLetters) {
		throw new OnwaxError("ERR_USAGE", `A password has at least ${fewestLetters} letters.`, {
			hint,
		});
	}
	if (bytesOf(password).length > mostBytes) {
		throw new OnwaxError("ERR_USAGE", `A password has at most ${mostBytes} bytes.`, { hint });
	}
}

export async function hashPassword(password: string, now: Date): Promise<PasswordHash> {
	const salt = randomBytes(16);
	const hash = await hashWith(password, { ...cost, salt });
	return {
		...{ algorithm: "argon2id", ...cost },
		saltBase64: salt.toString("base64"),
		hashBase64: hash.toString("base64"),
		setAt: now.toISOString(),
	};
}

/** Runs off this thread. */
export async function isPassword(password: string, kept: PasswordHash): Promise<boolean> {
	const bytes = bytesOf(password);
	if (bytes.length === 0 || bytes.length > mostBytes) return false;
	const hash = await hashWith(password, { ...kept, salt: Buffer.from(kept.saltBase64, "base64") });
	const expected = Buffer.from(kept.hashBase64, "base64");
	return expected.length === hash.length && timingSafeEqual(hash, expected);
}

type Cost = { memoryKib: number; passes: number; parallelism: number; salt: Buffer };

async function hashWith(password: string, { memoryKib, passes, parallelism, salt }: Cost) {
	return await derive("argon2id", {
		message: bytesOf(password),
		nonce: salt,
		memory: memoryKib,
		...{ passes, parallelism, tagLength: hashBytes },
	});
}
