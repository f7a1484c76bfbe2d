import { randomBytes } from "node:crypto";
import { chmod, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { OnwaxError, systemErrorCode } from "../errors.ts";

/** What fits into `sockaddr_un.sun_path` everywhere: 104 bytes on macOS, 108 on Linux, one of them NUL. */
const longestAddressBytes = 103;

export type Surroundings = {
	env: NodeJS.ProcessEnv;
	platform?: NodeJS.Platform;
	/** Whose folder it has to be; undefined where there are no such numbers (Windows). */
	uid?: number | undefined;
	tempFolder?: string;
};

/**
 * A folder for sockets: short to name, this user's alone, gone with the session. Created where it is
 * missing. On Windows, whose pipes lie in no folder, it is the name that they begin with.
 *
 * @throws ERR_PERMISSION where somebody else owns the place, or put a link there
 */
export async function runtimeFolder(surroundings: Surroundings): Promise<string> {
	const { env, platform = process.platform } = surroundings;
	if (platform === "win32") return "\\\\.\\pipe\\onwax";
	const uid = surroundings.uid ?? process.getuid?.();
	const session = env.XDG_RUNTIME_DIR;
	if (session && isAbsolute(session)) {
		const folder = join(session, "onwax");
		if (fits(folder) && (await isOurs(session, uid))) {
			const usable = await makeOurs(folder, uid).then(
				() => true,
				// Left over from another session, or read-only: the folder for temporary files is there too.
				() => false,
			);
			if (usable) return folder;
		}
	}
	const name = `onwax-${uid ?? "user"}`;
	const inTemp = join(surroundings.tempFolder ?? tmpdir(), name);
	const folder = fits(inTemp) ? inTemp : join("/tmp", name);
	await makeOurs(folder, uid);
	return folder;
}

/** A new address in it that no other process can guess. */
export function newControlAddress(folder: string): string {
	const name = randomBytes(8).toString("hex");
	return folder.startsWith("\\\\.\\pipe\\") ? `${folder}-${name}` : join(folder, `${name}.sock`);
}

/** Whether it may be connected to at all: a pipe's name, or a path that is not cut short. */
export function isControlAddress(address: string): boolean {
	if (/^\\\\\.\\pipe\\onwax-[0-9a-f]{16}$/.test(address)) return true;
	return (
		isAbsolute(address) &&
		address.endsWith(".sock") &&
		Buffer.byteLength(address) <= longestAddressBytes
	);
}

/** A socket that was bound a moment ago refuses as well, until it is listened to. */
const youngestDeadMs = 10_000;

/**
 * Removes the sockets of recorders that were killed: those that refuse a connection. One that a
 * stopped process holds accepts, and stays. Never throws: nothing depends on it.
 */
export async function removeDeadSockets(folder: string): Promise<void> {
	const names = await readdir(folder).catch((): string[] => []);
	for (const name of names.filter((one) => /^[0-9a-f]{16}\.sock$/.test(one))) {
		const path = join(folder, name);
		try {
			const facts = await lstat(path);
			const isOld = Date.now() - facts.mtimeMs > youngestDeadMs;
			if (facts.isSocket() && isOld && (await isRefused(path))) await rm(path, { force: true });
		} catch {
			// Gone meanwhile, or not to be removed: it harms nobody.
		}
	}
}

/** Whether nobody listens there any more. */
export function isRefused(address: string): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(address);
		socket.unref();
		socket.once("connect", () => {
			socket.destroy();
			resolve(false);
		});
		socket.once("error", (error) => resolve(isNobodyThere(error)));
	});
}

/** What connecting to the address of a recorder that is gone fails with. */
export function isNobodyThere(error: unknown): boolean {
	return ["ECONNREFUSED", "ENOENT", "ENOTSOCK"].includes(systemErrorCode(error) ?? "");
}

function fits(folder: string): boolean {
	return Buffer.byteLength(newControlAddress(folder)) <= longestAddressBytes;
}

async function isOurs(folder: string, uid: number | undefined): Promise<boolean> {
	try {
		const facts = await lstat(folder);
		return facts.isDirectory() && (uid === undefined || facts.uid === uid);
	} catch {
		return false;
	}
}

async function makeOurs(folder: string, uid: number | undefined): Promise<void> {
	try {
		await mkdir(folder, { mode: 0o700 });
	} catch (error) {
		if (systemErrorCode(error) !== "EEXIST") throw error;
	}
	// Looked at after it was made, never before: whoever can write above it could have been faster.
	const facts = await lstat(folder);
	if (!facts.isDirectory() || (uid !== undefined && facts.uid !== uid)) {
		throw new OnwaxError("ERR_PERMISSION", `${folder} belongs to somebody else, or is a link.`, {
			hint: "Remove it, or set XDG_RUNTIME_DIR to a folder of your own.",
		});
	}
	if ((facts.mode & 0o077) !== 0) await chmod(folder, 0o700);
}
