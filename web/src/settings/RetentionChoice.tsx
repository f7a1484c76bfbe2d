import { useId } from "react";
import { TextField } from "../design/TextField.tsx";
import parts from "./parts.module.css";
import styles from "./RetentionChoice.module.css";
import type { RetentionDraft, RetentionKind } from "./retention.ts";

const kinds: readonly { id: RetentionKind; label: string; words: string }[] = [
	{
		id: "keep",
		label: "Keep everything",
		words: "Nothing is ever removed by its age. This is what Onwax does where nobody chose.",
	},
	{
		id: "dictation",
		label: "Dictation",
		words:
			"A recording goes to the trash a week after the last time anything happened to it; one without a text after 30 days. The trash keeps it for another 30 days.",
	},
	{
		id: "service",
		label: "Service",
		words:
			"For programs that fetch texts and need nothing afterwards: everything goes to the trash after a day, and is destroyed a day later.",
	},
	{
		id: "own",
		label: "A rule of your own",
		words: "In days, from the last time anything happened.",
	},
];

export function RetentionChoice({
	draft,
	onChange,
	isDisabled,
	error,
}: {
	draft: RetentionDraft;
	onChange: (draft: RetentionDraft) => void;
	isDisabled: boolean;
	error: string | null;
}) {
	const group = useId();
	return (
		<fieldset className={styles.choices} disabled={isDisabled}>
			<legend className="visually-hidden">How long recordings are kept</legend>
			{kinds.map(({ id, label, words }) => (
				<div key={id} className={styles.choice}>
					<label className={styles.label}>
						<input
							type="radio"
							name={group}
							className={styles.radio}
							checked={draft.kind === id}
							aria-describedby={`${group}-${id}`}
							onChange={() => onChange({ ...draft, kind: id })}
						/>
						<span>{label}</span>
					</label>
					<p id={`${group}-${id}`} className={styles.words}>
						{words}
					</p>
				</div>
			))}
			{draft.kind === "own" && (
				<div className={styles.ages}>
					{(
						[
							["successDays", "With a text"],
							["failedDays", "Without one"],
							["trashDays", "In the trash"],
						] as const
					).map(([key, label]) => (
						<TextField
							key={key}
							label={`${label}, days`}
							placeholder={key === "trashDays" ? "30" : "for good"}
							value={draft[key]}
							isDisabled={isDisabled}
							onChange={(value) => onChange({ ...draft, [key]: value })}
						/>
					))}
					<p className={parts.soft}>
						Empty keeps for good. The trash is emptied only where something is let go of by its age,
						and after 30 days where you do not say otherwise.
					</p>
				</div>
			)}
			{error && (
				<p className={styles.error} role="alert">
					{error}
				</p>
			)}
		</fieldset>
	);
}
