import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import type { Lexicon, LexiconRule } from "../../../src/server/contract/lexicons.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Icon } from "../design/icons.tsx";
import { Section } from "../design/Page.tsx";
import { State } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { LexiconHistory } from "./LexiconHistory.tsx";
import { LexiconTry } from "./LexiconTry.tsx";
import parts from "./parts.module.css";
import { RuleTable } from "./RuleTable.tsx";
import { tellFailure } from "./settings-api.ts";

/** A rule and what names its row, whatever is typed into it. */
export type DraftRule = LexiconRule & { id: number };

let lastId = 0;
const numbered = (rule: LexiconRule): DraftRule => {
	lastId += 1;
	return { ...rule, id: lastId };
};
const emptyRule = (): DraftRule => numbered({ from: "", to: "", kind: "words" });
const plain = ({ id: _, ...rule }: DraftRule): LexiconRule => rule;

/** What was typed and not saved, for whoever looks at another page meanwhile. */
const drafts = new Map<string, { rules: DraftRule[]; basis: number }>();

/**
 * One lexicon's rules. What is typed is a draft that nothing but its owner throws away: neither a
 * refusal nor somebody else's change.
 */
export function LexiconEditor({ name, saved }: { name: string; saved: Lexicon | null }) {
	const queries = useQueryClient();
	const [, navigate] = useLocation();
	const [draft, setDraft] = useState<DraftRule[] | null>(
		() => drafts.get(name)?.rules ?? (saved === null ? [emptyRule()] : null),
	);
	/** The version that the draft was made from. */
	const [basis, setBasis] = useState(() => drafts.get(name)?.basis ?? saved?.version ?? 0);
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const [shown, setShown] = useState(() => (saved?.rules ?? []).map(numbered));
	const savedVersion = saved?.version ?? 0;
	const isDirty = draft !== null;
	// A new lexicon begins with an empty rule, which is nobody's work yet.
	const isTyped =
		draft !== null && (basis > 0 || draft.some(({ from, to }) => from !== "" || to !== ""));
	// biome-ignore lint/correctness/useExhaustiveDependencies: a version's rules are always the same
	useEffect(() => {
		if (isDirty || saved === null) return;
		setShown(saved.rules.map(numbered));
		setBasis(saved.version);
	}, [savedVersion, isDirty]);
	useEffect(() => {
		if (isTyped) drafts.set(name, { rules: draft, basis });
		else drafts.delete(name);
	}, [name, isTyped, draft, basis]);
	useEffect(() => {
		if (!isTyped) return;
		const ask = (event: BeforeUnloadEvent) => event.preventDefault();
		addEventListener("beforeunload", ask);
		return () => removeEventListener("beforeunload", ask);
	}, [isTyped]);

	const address = `/api/v1/lexicons/${encodeURIComponent(name)}`;
	const refresh = () => queries.invalidateQueries({ queryKey: ["settings", "lexicons"] });
	const rules = draft ?? shown;
	const save = async (version = basis) => {
		setBusy(true);
		setError(null);
		try {
			const kept = rules.filter(({ from, to }) => from.trim() !== "" || to !== "").map(plain);
			const now = await sendJson<Lexicon>("PUT", address, { rules: kept, version });
			await refresh();
			setShown(now.rules.map(numbered));
			setBasis(now.version);
			setDraft(null);
			showToast({
				text: `Saved as version ${now.version} of ${name}.`,
				...(version > 0 && {
					action: {
						run: async () => {
							try {
								await sendJson("POST", `${address}/undo`, { version });
								await refresh();
							} catch (thrown) {
								tellFailure(thrown);
							}
						},
					},
				}),
			});
		} catch (thrown) {
			setError(thrown);
			// Whoever was faster is shown.
			void refresh();
		} finally {
			setBusy(false);
		}
	};
	const takeOut = async () => {
		try {
			await sendJson("DELETE", address);
			await refresh();
			navigate("/settings/lexicon");
			showToast({
				text: `${name} is out of use. Its versions stay.`,
				action: {
					run: async () => {
						try {
							await sendJson("PUT", address, { rules: saved?.rules ?? [] });
							await refresh();
						} catch (thrown) {
							tellFailure(thrown);
						}
					},
				},
			});
		} catch (thrown) {
			tellFailure(thrown);
		}
	};
	return (
		<>
			<Section
				title={name}
				lead={
					<Link href="/settings/lexicon" className={parts.inline}>
						<Icon name="left" size={16} /> All lexicons
					</Link>
				}
				actions={
					saved && (
						<Button kind="quiet" icon="trash" isDisabled={isDirty} onPress={() => void takeOut()}>
							Take out of use
						</Button>
					)
				}
			>
				<RuleTable
					rules={rules}
					warnings={isDirty ? [] : (saved?.warnings ?? [])}
					onChange={setDraft}
					onAdd={() => setDraft([...rules, emptyRule()])}
				/>
				{error !== null && <ErrorNotice error={error} safe="What you typed is still here." />}
				{isDirty && savedVersion !== basis && (
					<div className={parts.inline}>
						<State tone="warn">Version {savedVersion} was saved elsewhere meanwhile.</State>
						<Button onPress={() => void save(savedVersion)}>Save mine in its place</Button>
					</div>
				)}
				<div className={parts.inline}>
					<Button kind="primary" busy={busy} isDisabled={!isDirty} onPress={() => void save()}>
						Save rules
					</Button>
					{isDirty && saved !== null && (
						<Button
							kind="quiet"
							onPress={() => {
								setDraft(null);
								setError(null);
							}}
						>
							Discard changes
						</Button>
					)}
				</div>
			</Section>
			{saved && (
				<>
					<LexiconTry />
					<LexiconHistory name={name} version={saved.version} isLocked={isDirty} />
				</>
			)}
		</>
	);
}
