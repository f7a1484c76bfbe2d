import type { JsonSchema } from "./schemas.ts";

/** A JSON schema as people write types down; `<<Name>>` stands for a shared one. */
export function typeText(schema: JsonSchema, indent = ""): string {
	const { $ref, type, enum: values, anyOf, oneOf, items, prefixItems } = schema;
	if (typeof $ref === "string") return `<<${$ref.slice($ref.lastIndexOf("/") + 1)}>>`;
	if ("const" in schema) return JSON.stringify(schema.const);
	if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ");
	const alternatives = (anyOf ?? oneOf) as JsonSchema[] | undefined;
	if (alternatives) return alternatives.map((one) => typeText(one, indent)).join(" | ");
	if (Array.isArray(type)) return type.join(" | ");
	if (Array.isArray(prefixItems)) {
		return `[${prefixItems.map((one: JsonSchema) => typeText(one, indent)).join(", ")}]`;
	}
	if (type === "array") {
		const item = typeText((items ?? {}) as JsonSchema, indent);
		return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
	}
	if (type === "object") return objectText(schema, indent);
	if (type === "integer") return "integer";
	return typeof type === "string" ? type : "any";
}

function objectText(schema: JsonSchema, indent: string): string {
	const { properties = {}, required = [], additionalProperties } = schema;
	const names = Object.keys(properties);
	if (names.length === 0) {
		const isMap = typeof additionalProperties === "object" && additionalProperties !== null;
		return isMap ? `{ [name]: ${typeText(additionalProperties as JsonSchema, indent)} }` : "{}";
	}
	const inner = `${indent}  `;
	const lines = names.map((name) => {
		const mark = required.includes(name) ? "" : "?";
		return `${inner}${name}${mark}: ${typeText(properties[name] ?? {}, inner)}`;
	});
	return `{\n${lines.join("\n")}\n${indent}}`;
}
