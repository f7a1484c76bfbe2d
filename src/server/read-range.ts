import { read } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { OnwaxError } from "../errors.ts";
import type { ByteRange } from "./range.ts";

/** So much is read, and handed on, at a time. */
const pieceBytes = 256 * 1024;

/** What is as short as this is read at once: one answer, one write. */
export const shortBytes = 1024 * 1024;

/**
 * @param buffer has room for all of it
 * @throws ERR_IO where the file ends before; errors of the disk
 */
export function readShort(
	file: FileHandle,
	{ start, end }: ByteRange,
	buffer: Buffer,
): Promise<Buffer> {
	const length = end - start + 1;
	return new Promise((resolve, reject) => {
		const readOn = (done: number): void => {
			read(file.fd, buffer, done, length - done, start + done, (error, bytesRead) => {
				if (error) return reject(error);
				if (bytesRead === 0) return reject(endsEarly());
				if (done + bytesRead === length) return resolve(buffer.subarray(0, length));
				readOn(done + bytesRead);
			});
		};
		readOn(0);
	});
}

/**
 * The bytes as a stream that reads by position: several may read from one file at once.
 *
 * @param onDone called once, when nothing more is read, however it ended
 */
export function streamRange(
	file: FileHandle,
	{ start, end }: ByteRange,
	onDone: () => void,
): Readable {
	let at = start;
	let isReading = false;
	let whenRead: (() => void) | null = null;
	return new Readable({
		highWaterMark: pieceBytes,
		read() {
			if (at > end) {
				this.push(null);
				return;
			}
			const length = Math.min(pieceBytes, end - at + 1);
			isReading = true;
			read(file.fd, Buffer.allocUnsafeSlow(length), 0, length, at, (error, bytesRead, buffer) => {
				isReading = false;
				whenRead?.();
				if (this.destroyed) return;
				if (error || bytesRead === 0) {
					this.destroy(error ?? endsEarly());
					return;
				}
				at += bytesRead;
				this.push(bytesRead === length ? buffer : buffer.subarray(0, bytesRead));
			});
		},
		destroy(error, callback) {
			const finish = () => {
				onDone();
				callback(error);
			};
			// The file must not be closed, and its number given to another one, while it is read from.
			if (isReading) whenRead = finish;
			else finish();
		},
	});
}

function endsEarly(): OnwaxError {
	return new OnwaxError("ERR_IO", "The audio file has become shorter while it was read.", {
		hint: "`onwax validate` says what is wrong.",
	});
}
