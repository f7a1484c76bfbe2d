import { createRequire } from "node:module";
import type * as kysely from "kysely";

/**
 * The one place that loads Kysely: its CommonJS build, which takes half the time of its ES modules
 * to load (35 ms beside 60 ms). Everybody else in this program imports Kysely's types only.
 */
const loaded: typeof kysely = createRequire(import.meta.url)("kysely");

export const { CompiledQuery, Kysely, SqliteAdapter, SqliteQueryCompiler, sql } = loaded;
