import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createPreRoll } from "./pre-roll.ts";

const format = { sampleRate: 100, channels: 2 };
const bytesPerFrame = 4;

test("what comes out is the last seconds, byte for byte, whatever the sizes of the blocks", () => {
	const blocks = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 30 });
	fc.assert(
		fc.property(blocks, fc.integer({ min: 0, max: 150 }), (sizes, hundredths) => {
			const preRoll = createPreRoll(format, hundredths / 100);
			const all: Buffer[] = [];
			let count = 0;
			for (const frames of sizes) {
				const block = Buffer.alloc(frames * bytesPerFrame);
				for (let frame = 0; frame < frames; frame++)
					block.writeUInt32LE(count++, frame * bytesPerFrame);
				all.push(Buffer.from(block));
				preRoll.put(block);
				block.fill(0xff);
			}
			const expected = Buffer.concat(all).subarray(-hundredths * bytesPerFrame || Infinity);
			assert.deepEqual(Buffer.concat(preRoll.drain()), Buffer.from(expected));
			assert.deepEqual(preRoll.drain(), []);
		}),
	);
});

test("what was handed over is not written to again", () => {
	const preRoll = createPreRoll(format, 1);
	preRoll.put(Buffer.alloc(400, 1));
	const drained = preRoll.drain();
	preRoll.put(Buffer.alloc(400, 2));
	assert.deepEqual(Buffer.concat(drained), Buffer.alloc(400, 1));
	assert.deepEqual(Buffer.concat(preRoll.drain()), Buffer.alloc(400, 2));
});
