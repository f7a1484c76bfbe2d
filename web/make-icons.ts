/** Draws public/icon-*.png, the sign of public/icon.svg, for systems that take no SVG: `node web/make-icons.ts`. */
import { writeFileSync } from "node:fs";
import { crc32, deflateSync } from "node:zlib";

/** Of the SVG's 64 units: where each line stands, and from where to where. */
const lines = [
	[16, 24, 40],
	[24, 18, 46],
	[32, 26, 38],
	[40, 14, 50],
	[48, 28, 36],
] as const;
const ground = [0x1d, 0x1b, 0x18] as const;
const wax = [0xe0, 0xa3, 0x3b] as const;
const lineRadius = 2;
const cornerRadius = 14;
/** Points taken for each pixel, in both directions. */
const fineness = 4;

/** @param isWhole the ground reaches every edge, for systems that cut the icon to a shape of their own */
function draw(size: number, isWhole: boolean): Uint8Array {
	const rows = new Uint8Array(size * (1 + size * 4));
	// What may be cut off is the outer tenth: the sign keeps away from it.
	const scale = (isWhole ? 80 : 64) / size;
	const shift = isWhole ? -8 : 0;
	for (let row = 0; row < size; row++)
		for (let column = 0; column < size; column++) {
			let inside = 0;
			let marked = 0;
			for (let point = 0; point < fineness ** 2; point++) {
				const x = (column + ((point % fineness) + 0.5) / fineness) * scale + shift;
				const y = (row + (Math.floor(point / fineness) + 0.5) / fineness) * scale + shift;
				if (!isWhole && !isInGround(x, y)) continue;
				inside++;
				if (lines.some(([at, top, bottom]) => isOnLine(x - at, y, top, bottom))) marked++;
			}
			const place = row * (1 + size * 4) + 1 + column * 4;
			const share = inside === 0 ? 0 : marked / inside;
			for (const [index, value] of ground.entries())
				rows[place + index] = Math.round(value + ((wax[index] ?? 0) - value) * share);
			rows[place + 3] = Math.round((255 * inside) / fineness ** 2);
		}
	return png(size, rows);
}

function isInGround(x: number, y: number): boolean {
	const beyond = (value: number) => Math.max(0, Math.abs(value - 32) - (32 - cornerRadius));
	return Math.hypot(beyond(x), beyond(y)) <= cornerRadius;
}

function isOnLine(across: number, y: number, top: number, bottom: number): boolean {
	return Math.hypot(across, y - Math.max(top, Math.min(bottom, y))) <= lineRadius;
}

function png(size: number, rows: Uint8Array): Uint8Array {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(size, 0);
	header.writeUInt32BE(size, 4);
	header.set([8, 6, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		...[chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 9 }))],
		chunk("IEND", Buffer.alloc(0)),
	]);
}

function chunk(name: string, content: Uint8Array): Buffer {
	const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
	const whole = Buffer.alloc(named.length + 8);
	whole.writeUInt32BE(content.length, 0);
	whole.set(named, 4);
	whole.writeUInt32BE(crc32(named), named.length + 4);
	return whole;
}

const folder = new URL("public/", import.meta.url);
writeFileSync(new URL("icon-192.png", folder), draw(192, false));
writeFileSync(new URL("icon-512.png", folder), draw(512, false));
writeFileSync(new URL("icon-whole-512.png", folder), draw(512, true));
writeFileSync(new URL("apple-touch-icon.png", folder), draw(180, true));
