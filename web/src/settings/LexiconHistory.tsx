import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { LexiconHistory as History, Lexicon } from "../../../src/server/contract/lexicons.ts";
import { getJson, sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Badge } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { count } from "./count.ts";
import parts from "./parts.module.css";
import { tellFailure } from "./settings-api.ts";

type Version = History["versions"][number];

/** Every version of a lexicon, the newest first, and the way back to each. */
export function LexiconHistory({
	name,
	version,
	isLocked,
}: {
	name: string;
	/** The one in use: another one makes the history be asked for again. */
	version: number;
	/** Something is typed that was not saved. */
	isLocked: boolean;
}) {
	const queries = useQueryClient();
	const address = `/api/v1/lexicons/${encodeURIComponent(name)}`;
	const { data, error, refetch } = useQuery({
		queryKey: ["settings", "lexicons", name, "history", version],
		queryFn: ({ signal }) => getJson<History>(`${address}/history`, signal),
	});
	const restore = async (wanted: number) => {
		try {
			const now = await sendJson<Lexicon>("POST", `${address}/undo`, { version: wanted });
			await queries.invalidateQueries({ queryKey: ["settings", "lexicons"] });
			showToast({ text: `Version ${wanted} is in use again, as version ${now.version}.` });
		} catch (thrown) {
			tellFailure(thrown);
		}
	};
	return (
		<Section title="History">
			{error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
			<ol className={parts.rows}>
				{(data?.versions ?? []).toReversed().map((one) => (
					<li key={one.version} className={parts.row}>
						<div className={parts.words}>
							<div className={parts.title}>
								<h3>Version {one.version}</h3>
								{one.isInUse && <Badge>in use</Badge>}
							</div>
							<p className={parts.soft}>{changesOf(one)}</p>
						</div>
						{!one.isInUse && (
							<div className={parts.actions}>
								<Button
									kind="quiet"
									icon="restore"
									isDisabled={isLocked}
									onPress={() => void restore(one.version)}
								>
									Use again<span className="visually-hidden"> version {one.version}</span>
								</Button>
							</div>
						)}
					</li>
				))}
			</ol>
		</Section>
	);
}

function changesOf({ changes, restoredFrom }: Version): string {
	if (changes === null) return "It cannot be read.";
	const told = [
		changes.added.length > 0 &&
			`${count(changes.added.length, "rule")} added${namesOf(changes.added)}`,
		changes.changed.length > 0 && `${changes.changed.length} changed${namesOf(changes.changed)}`,
		changes.removed.length > 0 && `${changes.removed.length} removed${namesOf(changes.removed)}`,
	].filter(Boolean);
	const from = restoredFrom === null ? "" : `The same as version ${restoredFrom}. `;
	return from + (told.length > 0 ? told.join(", ") : "Nothing differs.");
}

function namesOf(rules: { from: string; to: string }[]): string {
	const told = rules.slice(0, 3).map(({ from, to }) => `${from} → ${to}`);
	return ` (${told.join("; ")}${rules.length > 3 ? "; …" : ""})`;
}
