import { randomInt } from "node:crypto";

/** Printed by the tests that use it, so that a failing run can be had again: ONWAX_TEST_SEED=… */
export const testSeed = Number(process.env.ONWAX_TEST_SEED ?? randomInt(2 ** 31));

/** Whole numbers from 0 up to, but not including, `below`. */
export type Random = (below: number) => number;

/** mulberry32, by Tommy Ettinger: small, seeded, good enough for choosing damage. */
export function randomFrom(seed: number): Random {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
	};
}
