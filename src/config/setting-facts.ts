import { createRequire } from "node:module";
import type * as zod from "zod";
import { isSection, type KnownKey, knownKeys } from "./known-keys.ts";
import { settingsSchema } from "./schema.ts";
import { settingMeanings } from "./setting-meanings.ts";

const { z } = createRequire(import.meta.url)("zod") as typeof zod;

export type SettingKind = "boolean" | "number" | "integer" | "text" | "choice" | "list" | "object";

/** What a form has to know of one setting. */
export type SettingFacts = KnownKey & {
	description: string;
	kind: SettingKind;
	isNullable: boolean;
	choices: string[] | null;
	minimum: number | null;
	maximum: number | null;
};

type Node = {
	type?: string;
	enum?: unknown[];
	minimum?: number;
	maximum?: number;
	anyOf?: Node[];
	properties?: Record<string, Node>;
};

/** Every setting that is not a section, in the order of the defaults; read from the one schema. */
export function listSettingFacts(): SettingFacts[] {
	const whole = z.toJSONSchema(settingsSchema, { io: "output", unrepresentable: "any" }) as Node;
	return settingKeys().map((known) => {
		let node: Node = whole;
		for (const name of known.key.split(".")) node = node.properties?.[name] ?? {};
		const kinds = (node.anyOf ?? [node]).flatMap((one) => one.anyOf ?? [one]);
		const [first = {}] = kinds.filter(({ type }) => type !== "null");
		return {
			...known,
			description: settingMeanings[known.key] ?? "",
			kind: kindOf(first),
			isNullable: kinds.some(({ type }) => type === "null"),
			choices: first.enum?.map(String) ?? null,
			minimum: first.minimum ?? null,
			maximum: first.maximum ?? null,
		};
	});
}

/** The keys that hold a value, and are no section of others. */
export function settingKeys(): KnownKey[] {
	return knownKeys.filter(
		({ defaultValue }) => !isSection(defaultValue) || Object.keys(defaultValue).length === 0,
	);
}

function kindOf({ type, enum: choices }: Node): SettingKind {
	if (choices) return "choice";
	if (type === "boolean" || type === "number" || type === "integer") return type;
	if (type === "array") return "list";
	return type === "object" ? "object" : "text";
}
