import { createRequire } from "node:module";
import type * as kysely from "kysely";

const require = createRequire(import.meta.url);
let loaded: typeof kysely | null = null;

/**
 * The one place that loads Kysely, at its first use: that takes half as long again as starting
 * Node, and who only reads the catalogue does without it. This is its CommonJS build, which loads
 * in half the time of its ES modules. Everybody else imports Kysely's types only.
 */
export function loadKysely(): typeof kysely {
	loaded ??= require("kysely") as typeof kysely;
	return loaded;
}

/** Kysely's `sql`, of which only the first use loads it. */
export const sql: typeof kysely.sql = new Proxy((() => undefined) as unknown as typeof kysely.sql, {
	apply: (_, self, args) => Reflect.apply(loadKysely().sql, self, args),
	get: (_, property) => Reflect.get(loadKysely().sql, property),
});
