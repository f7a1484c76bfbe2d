import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import type { LexiconApplication } from "../../../src/server/contract/lexicons.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { showToast } from "../design/toast.ts";
import { ChangedText } from "./ChangedText.tsx";
import { count } from "./count.ts";
import parts from "./parts.module.css";
import { tellFailure } from "./settings-api.ts";

type Way = "apply" | "apply/undo";

const ask = (way: Way, dryRun: boolean) =>
	sendJson<LexiconApplication>("POST", `/api/v1/lexicons/${way}`, { dryRun });

/** The lexicons over the texts that are there: seen first, then done, and taken back if need be. */
export function LexiconApplying() {
	const queries = useQueryClient();
	const shared = { networkMode: "always" as const };
	const preview = useMutation({ ...shared, mutationFn: (way: Way) => ask(way, true) });
	const refresh = () => {
		void queries.invalidateQueries({ queryKey: ["recordings"] });
		void queries.invalidateQueries({ queryKey: ["recording"] });
	};
	const undo = async () => {
		try {
			const { changed } = await ask("apply/undo", false);
			refresh();
			showToast({ text: `${count(changed, "text")} read as before.` });
		} catch (error) {
			tellFailure(error);
		}
	};
	const doIt = useMutation({
		...shared,
		mutationFn: (way: Way) => ask(way, false),
		onSuccess: ({ changed, failed, left }, way) => {
			preview.reset();
			refresh();
			const words = [
				way === "apply"
					? `${count(changed, "text")} corrected.`
					: `${count(changed, "text")} read as before.`,
				left.length > 0 && `${left.length} changed meanwhile and were left alone.`,
				failed.length > 0 && `${failed.length} could not be changed: ${failed[0]?.message}`,
			];
			showToast({
				text: words.filter(Boolean).join(" "),
				...(failed.length > 0 && { tone: "bad" as const }),
				...(way === "apply" && changed > 0 && { action: { run: undo } }),
			});
		},
	});
	const way = preview.variables ?? "apply";
	const close = () => {
		preview.reset();
		doIt.reset();
	};
	return (
		<Section
			title="Texts you have"
			lead="Saved rules count for new texts by themselves. Those that are there are corrected when you say so."
		>
			<div className={parts.inline}>
				<Button busy={preview.isPending && way === "apply"} onPress={() => preview.mutate("apply")}>
					See what would change
				</Button>
				<Button
					kind="quiet"
					icon="restore"
					busy={preview.isPending && way === "apply/undo"}
					onPress={() => preview.mutate("apply/undo")}
				>
					Take the last correction back
				</Button>
			</div>
			{preview.error && <ErrorNotice error={preview.error} safe="No text was changed." />}
			{preview.data && (
				<Dialog
					title={way === "apply" ? "What would change" : "What would come back"}
					isOpen
					isWide
					onClose={close}
					actions={
						<>
							<Button onPress={close}>Cancel</Button>
							<Button
								kind="primary"
								busy={doIt.isPending}
								isDisabled={preview.data.changed === 0}
								onPress={() => doIt.mutate(way)}
							>
								{way === "apply" ? "Correct" : "Give back"} {count(preview.data.changed, "text")}
							</Button>
						</>
					}
				>
					<Preview report={preview.data} />
					{doIt.error && <ErrorNotice error={doIt.error} />}
				</Dialog>
			)}
		</Section>
	);
}

function Preview({ report }: { report: LexiconApplication }) {
	const { texts, changed, changes, failed } = report;
	return (
		<div className={parts.stack}>
			<p>
				{changed === 0
					? `Nothing: ${count(texts, "text")} read as the lexicons want them.`
					: `${changed} of ${count(texts, "text")}.`}
			</p>
			<ul className={parts.rows}>
				{changes.map(({ name, before, after }) => (
					<li key={name} className={parts.row}>
						<div className={parts.below}>
							<Link href={`/recordings/${encodeURIComponent(name)}`} className={parts.soft}>
								{name}
							</Link>
							<ChangedText before={before} after={after} isShort />
						</div>
					</li>
				))}
			</ul>
			{changed > changes.length && (
				<p className={parts.soft}>And {changed - changes.length} more.</p>
			)}
			{failed.map(({ name, message }) => (
				<p key={name} className={parts.soft}>
					{name}: {message}
				</p>
			))}
		</div>
	);
}
