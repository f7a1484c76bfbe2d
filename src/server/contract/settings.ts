import { z } from "zod";

export const settingKinds = [
	"boolean",
	"number",
	"integer",
	"text",
	"choice",
	"list",
	"object",
] as const;

export const setting = z
	.object({
		/** Dotted: `retry.maxAttempts`. */
		key: z.string(),
		/** The first part of the key, for grouping: `retry`; of a key without a dot, `general`. */
		section: z.string(),
		description: z.string(),
		kind: z.enum(settingKinds),
		isNullable: z.boolean(),
		/** Of a `choice`. */
		choices: z.array(z.string()).nullable(),
		/** Of a number. */
		minimum: z.number().nullable(),
		maximum: z.number().nullable(),
		/** What is in force. */
		value: z.unknown(),
		defaultValue: z.unknown(),
		origin: z.enum(["default", "file", "environment"]),
		/** The variable that sets it, or could. */
		variable: z.string(),
		/** What it says is in force only after the service was started again. */
		needsRestart: z.boolean(),
		/** Why it cannot be changed here; null: it can. */
		lockedBecause: z.string().nullable(),
	})
	.meta({ id: "Setting" });
export type Setting = z.infer<typeof setting>;

export const settings = z
	.object({
		settings: z.array(setting),
		/** Where they are kept. */
		path: z.string(),
	})
	.meta({ id: "Settings" });
export type Settings = z.infer<typeof settings>;

export const settingsPatch = z
	.strictObject({
		/** By key; all or none of them are written. */
		set: z.record(z.string().max(200), z.unknown()).optional(),
		/** Keys that take their default again. */
		unset: z.array(z.string().max(200)).max(500).optional(),
	})
	.meta({ id: "SettingsPatch" });
export type SettingsPatch = z.infer<typeof settingsPatch>;

export const settingsPatched = settings
	.extend({
		/** Of what was changed, the keys that wait for a restart. */
		waitingForRestart: z.array(z.string()),
	})
	.meta({ id: "SettingsPatched" });
export type SettingsPatched = z.infer<typeof settingsPatched>;
