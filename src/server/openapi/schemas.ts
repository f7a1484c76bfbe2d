import { z } from "zod";

export type JsonSchema = { [keyword: string]: unknown } & {
	properties?: Record<string, JsonSchema>;
	required?: string[];
};

/** Collects the shared schemas that a document names, as what is sent and as what is answered. */
export type Schemas = {
	input(schema: z.ZodType): JsonSchema;
	output(schema: z.ZodType): JsonSchema;
	/** Without a reference at its top. */
	plainInput(schema: z.ZodType): JsonSchema;
	/**
	 * The references of everything that was made so far, with their final names. A shared schema has
	 * one name where it is the same in both directions; else what is sent is called `…Input`.
	 */
	finish<T>(document: T): { resolved: T; components: Record<string, JsonSchema> };
};

type Direction = "input" | "output";

export function openSchemas(): Schemas {
	const shared: Record<Direction, Map<string, JsonSchema>> = {
		input: new Map(),
		output: new Map(),
	};

	function convert(schema: z.ZodType, io: Direction): { id: string | null; json: JsonSchema } {
		const { $defs = {}, ...root } = z.toJSONSchema(schema, {
			io,
			target: "draft-2020-12",
			unrepresentable: "any",
		}) as JsonSchema & { $defs?: Record<string, JsonSchema> };
		for (const [id, json] of Object.entries($defs)) shared[io].set(id, clean(json, io));
		const id = z.globalRegistry.get(schema)?.id ?? null;
		const json = clean(root, io);
		if (id !== null) shared[io].set(id, json);
		return { id, json };
	}

	const made = (schema: z.ZodType, io: Direction): JsonSchema => {
		const { id, json } = convert(schema, io);
		return id === null ? json : { $ref: placeholder(io, id) };
	};

	return {
		input: (schema) => made(schema, "input"),
		output: (schema) => made(schema, "output"),
		plainInput: (schema) => convert(schema, "input").json,
		finish(document) {
			const same = (id: string) => {
				const [sent, answered] = [shared.input.get(id), shared.output.get(id)];
				return answered === undefined || withoutDirection(sent) === withoutDirection(answered);
			};
			const nameOf = (io: Direction, id: string) =>
				io === "output" || same(id) ? id : `${id}Input`;
			const resolve = <U>(value: U): U =>
				JSON.parse(
					JSON.stringify(value).replaceAll(
						/"#onwax\/(input|output)\/([^"]+)"/g,
						(_, io: Direction, id: string) => `"#/components/schemas/${nameOf(io, id)}"`,
					),
				);
			const components: Record<string, JsonSchema> = {};
			for (const io of ["input", "output"] as const) {
				for (const [id, json] of shared[io]) components[nameOf(io, id)] = resolve(json);
			}
			const sorted = Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1));
			return { resolved: resolve(document), components: Object.fromEntries(sorted) };
		},
	};
}

function placeholder(io: Direction, id: string): string {
	return `#onwax/${io}/${id}`;
}

/** Answers are told to hold nothing else; that alone makes no other schema. */
function withoutDirection(json: JsonSchema | undefined): string {
	return JSON.stringify(json ?? null)
		.replaceAll(/,?"additionalProperties":false/g, "")
		.replaceAll(/#onwax\/(input|output)\//g, "");
}

const maps = new Set(["properties", "patternProperties", "$defs"]);
const lists = new Set(["anyOf", "allOf", "oneOf", "prefixItems"]);
const nested = new Set(["items", "additionalProperties", "propertyNames", "not"]);

/** Without what only zod needs, and with references that can be given their names later. */
function clean(schema: JsonSchema, io: Direction): JsonSchema {
	const cleaned: JsonSchema = {};
	for (const [keyword, value] of Object.entries(schema)) {
		if (keyword === "$schema" || keyword === "id" || keyword === "$id") continue;
		// Any whole number that JavaScript can hold.
		if (Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) continue;
		if (keyword === "$ref" && typeof value === "string") {
			cleaned.$ref = placeholder(io, value.slice(value.lastIndexOf("/") + 1));
		} else if (maps.has(keyword)) {
			const entries = Object.entries(value as Record<string, JsonSchema>);
			cleaned[keyword] = Object.fromEntries(entries.map(([name, one]) => [name, clean(one, io)]));
		} else if (lists.has(keyword)) {
			cleaned[keyword] = (value as JsonSchema[]).map((one) => clean(one, io));
		} else if (nested.has(keyword) && typeof value === "object" && value !== null) {
			cleaned[keyword] = clean(value as JsonSchema, io);
		} else cleaned[keyword] = value;
	}
	return cleaned;
}
