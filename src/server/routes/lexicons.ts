import { z } from "zod";
import {
	type AppliedReport,
	applyLexiconsTo,
	undoLexiconsApplied,
} from "../../app/apply-lexicons-to.ts";
import {
	historyOf,
	type LexiconInUse,
	replaceRules,
	takeOutOfUse,
	tryLexicons,
	undoRules,
} from "../../app/lexicon-rules.ts";
import { readLexicons } from "../../app/lexicons.ts";
import { resolveRecording } from "../../app/resolve.ts";
import type { Deed } from "../../audit/audit.ts";
import { readLexicon } from "../../lexicon/lexicon-file.ts";
import { validateRulesInPieces } from "../../lexicon/validate-rules.ts";
import type { Routes } from "../context.ts";
import type { Lexicon } from "../contract/lexicons.ts";
import {
	lexicon,
	lexiconApplication,
	lexiconHistory,
	lexiconList,
	lexiconName,
	lexiconPut,
	lexiconTrial,
} from "../contract/lexicons.ts";

const named = z.object({ name: lexiconName });
const tags = ["Lexicons"];

/** Times the limit of one regular expression: somebody waits for the answer, and others for theirs. */
const trialTotal = 10;

export const lexiconRoutes: Routes = (server, { service, audit }) => {
	const folder = () => service.app.library.layout.lexicons;
	const stopped = new AbortController();
	server.addHook("preClose", async () => stopped.abort());

	server.get(
		"/api/v1/lexicons",
		{
			config: { scope: "read" },
			schema: { tags, summary: "All corrections", response: { 200: lexiconList } },
		},
		async () => {
			const { lexicons, broken } = await readLexicons(folder());
			const told: Lexicon[] = [];
			for (const one of lexicons) told.push(await lexiconJson(one));
			return {
				enabled: service.app.config.lexicon.enabled,
				lexicons: told,
				broken: broken.map(({ name, error: { code, message } }) => ({ name, code, message })),
			};
		},
	);
	server.get(
		"/api/v1/lexicons/:name",
		{
			config: { scope: "read" },
			schema: { tags, summary: "One lexicon", params: named, response: { 200: lexicon } },
		},
		async ({ params }) => lexiconJson(await readLexicon(folder(), params.name)),
	);
	server.put(
		"/api/v1/lexicons/:name",
		{
			config: { scope: "write" },
			schema: {
				tags,
				summary: "Replace a lexicon's rules, or begin a new one",
				description: "The rules before stay as a version, and can be put in use again.",
				params: named,
				body: lexiconPut,
				response: { 200: lexicon },
			},
		},
		async ({ params: { name }, body: { rules, version }, caller, ip }) => {
			const plain = rules.map(({ caseSensitive, ...rule }) =>
				caseSensitive === undefined ? rule : { ...rule, caseSensitive },
			);
			const saved = await replaceRules(folder(), name, plain, version ?? null);
			service.events.tell({ type: "settings" });
			const detail = { lexicon: name, version: saved.version };
			await audit.note({ caller, address: ip, action: "settings", detail });
			return lexiconJson(saved);
		},
	);
	server.delete(
		"/api/v1/lexicons/:name",
		{
			config: { scope: "write" },
			schema: {
				tags,
				summary: "Take a lexicon out of use; its versions stay",
				params: named,
				response: { 204: z.null() },
			},
		},
		async ({ params: { name }, caller, ip }, reply) => {
			await takeOutOfUse(folder(), name);
			service.events.tell({ type: "settings" });
			await audit.note({ caller, address: ip, action: "settings", detail: { outOfUse: name } });
			return reply.code(204).send(null);
		},
	);
	server.get(
		"/api/v1/lexicons/:name/history",
		{
			config: { scope: "read" },
			schema: {
				tags,
				summary: "Every version, and what each one changed",
				params: named,
				response: { 200: lexiconHistory },
			},
		},
		async ({ params }) => ({ versions: await historyOf(folder(), params.name) }),
	);
	server.post(
		"/api/v1/lexicons/:name/undo",
		{
			config: { scope: "write" },
			schema: {
				tags,
				summary: "Put an earlier version in use again",
				params: named,
				body: z.strictObject({
					/** Left out: the one before. */
					version: z.int().min(1).optional(),
				}),
				response: { 200: lexicon },
			},
		},
		async ({ params: { name }, body, caller, ip }) => {
			const restored = await undoRules(folder(), name, body.version ?? null);
			service.events.tell({ type: "settings" });
			const detail = { lexicon: name, restoredFrom: restored.from };
			await audit.note({ caller, address: ip, action: "settings", detail });
			return lexiconJson(restored.lexicon);
		},
	);
	server.post(
		"/api/v1/lexicons/test",
		{
			// It changes nothing, but who may only read must not give the service work without end.
			config: { scope: "write" },
			schema: {
				tags,
				summary: "Correct a text, and change nothing",
				description: "All regular expressions together have ten times the limit of one.",
				body: z.strictObject({ text: z.string().max(100_000) }),
				response: { 200: lexiconTrial },
			},
		},
		async ({ body: { text } }) => {
			const { regexTimeLimitMs } = service.app.config.lexicon;
			const regexTotalMs = regexTimeLimitMs * trialTotal;
			const result = await tryLexicons(service.app, text, { regexTotalMs });
			return { before: text, after: result.text, lexicons: result.lexicons };
		},
	);
	const noteEdits = async (
		who: Pick<Deed, "caller" | "address">,
		{ dryRun, changed: texts }: AppliedReport,
		lexicons: "apply" | "undo",
	) => {
		if (dryRun || texts === 0) return;
		await audit.note({ ...who, action: "edit", detail: { lexicons, texts } });
	};
	server.post(
		"/api/v1/lexicons/apply",
		{
			config: { scope: "write" },
			schema: {
				tags,
				summary: "Correct the texts that are there",
				description:
					"All of them, or those that are named. Can be taken back. With `dryRun` nothing is changed, and the answer shows what would be.",
				body: z.strictObject({
					dryRun: z.boolean().default(false),
					names: z.array(z.string().max(200)).min(1).max(1000).optional(),
				}),
				response: { 200: lexiconApplication },
			},
		},
		async ({ body: { dryRun, names }, caller, ip: address }) => {
			const { app } = service;
			const { catalogue } = app.library;
			const wanted: string[] = [];
			for (const name of names ?? []) {
				wanted.push((await resolveRecording(catalogue, name)).metadata.name);
			}
			const { signal } = stopped;
			const which = names === undefined ? "all" : wanted;
			const report = await applyLexiconsTo(app, which, { dryRun, signal });
			await noteEdits({ caller, address }, report, "apply");
			return report;
		},
	);
	server.post(
		"/api/v1/lexicons/apply/undo",
		{
			config: { scope: "write" },
			schema: {
				tags,
				summary: "Give the texts back that the last application changed",
				body: z.strictObject({ dryRun: z.boolean().default(false) }),
				response: { 200: lexiconApplication },
			},
		},
		async ({ body: { dryRun }, caller, ip: address }) => {
			const report = await undoLexiconsApplied(service.app, { dryRun, signal: stopped.signal });
			await noteEdits({ caller, address }, report, "undo");
			return report;
		},
	);
};

async function lexiconJson({ name, version, rules }: LexiconInUse): Promise<Lexicon> {
	const problems = await validateRulesInPieces(rules);
	const warnings = problems.map(({ ruleIndex, message }) => ({ ruleIndex, message }));
	return { name, version, rules, warnings };
}
