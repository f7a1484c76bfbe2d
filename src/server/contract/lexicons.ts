import { z } from "zod";

export const lexiconName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export const lexiconRule = z
	.strictObject({
		/** A word or phrase, or a regular expression in JavaScript's `u` syntax. */
		from: z.string().max(1000),
		/** What takes its place; `$1` is a group where `kind` is `regex`. */
		to: z.string().max(10_000),
		kind: z.enum(["words", "regex"]),
		/** Left out: no for words, yes for a regex. */
		caseSensitive: z.boolean().optional(),
	})
	.meta({ id: "LexiconRule" });
export type LexiconRule = z.infer<typeof lexiconRule>;

export const lexicon = z
	.object({
		name: z.string(),
		/** Grows with each change. */
		version: z.int(),
		rules: z.array(lexiconRule),
		/** About rules that do not do what was probably meant. */
		warnings: z.array(z.object({ ruleIndex: z.int(), message: z.string() })),
	})
	.meta({ id: "Lexicon" });
export type Lexicon = z.infer<typeof lexicon>;

export const lexiconList = z
	.object({
		/** Whether texts are corrected at all. */
		enabled: z.boolean(),
		/** In the order in which they are applied. */
		lexicons: z.array(lexicon),
		/** While there is one of these, no text is corrected. */
		broken: z.array(z.object({ name: z.string(), code: z.string(), message: z.string() })),
	})
	.meta({ id: "Lexicons" });
export type LexiconList = z.infer<typeof lexiconList>;

export const lexiconPut = z
	.strictObject({
		rules: z.array(lexiconRule).max(10_000),
		/** The version that this was made from, 0 for none: refused with 409 where it is another one by now. */
		version: z.int().min(0).optional(),
	})
	.meta({ id: "LexiconPut" });
export type LexiconPut = z.infer<typeof lexiconPut>;

const rules = z.array(lexiconRule);
export const lexiconHistory = z
	.object({
		/** Oldest first. */
		versions: z.array(
			z.object({
				name: z.string(),
				version: z.int(),
				isInUse: z.boolean(),
				restoredFrom: z.int().nullable(),
				/** Against the version before; null where this one cannot be read. */
				changes: z.object({ added: rules, removed: rules, changed: rules }).nullable(),
			}),
		),
	})
	.meta({ id: "LexiconHistory" });
export type LexiconHistory = z.infer<typeof lexiconHistory>;

export const lexiconTrial = z
	.object({
		before: z.string(),
		after: z.string(),
		/** Replacements of each one. */
		lexicons: z.array(z.object({ name: z.string(), version: z.int(), replacements: z.int() })),
	})
	.meta({ id: "LexiconTrial" });
export type LexiconTrial = z.infer<typeof lexiconTrial>;

/** Of the lexicons to the texts that are there, or of taking that back. */
export const lexiconApplication = z
	.object({
		dryRun: z.boolean(),
		/** How many texts were looked at. */
		texts: z.int(),
		/** How many changed, or would. */
		changed: z.int(),
		/** Changed by something else meanwhile, and left alone. */
		left: z.array(z.string()),
		failed: z.array(z.object({ name: z.string(), code: z.string(), message: z.string() })),
		/** What changed in each; the first hundred. */
		changes: z.array(
			z.object({
				name: z.string(),
				replacements: z.int(),
				before: z.string(),
				after: z.string(),
			}),
		),
	})
	.meta({ id: "LexiconApplication" });
export type LexiconApplication = z.infer<typeof lexiconApplication>;
