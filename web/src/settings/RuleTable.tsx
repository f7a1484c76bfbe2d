import { Button, IconButton } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Select } from "../design/Select.tsx";
import { State } from "../design/State.tsx";
import { TextField } from "../design/TextField.tsx";
import type { DraftRule } from "./LexiconEditor.tsx";
import styles from "./RuleTable.module.css";

const kinds = [
	{ id: "words", label: "Words" },
	{ id: "regex", label: "Pattern" },
] as const;

export function RuleTable({
	rules,
	warnings,
	onChange,
	onAdd,
}: {
	rules: readonly DraftRule[];
	warnings: readonly { ruleIndex: number; message: string }[];
	onChange: (rules: DraftRule[]) => void;
	onAdd: () => void;
}) {
	const change = (id: number, fields: Partial<DraftRule>) =>
		onChange(rules.map((rule) => (rule.id === id ? { ...rule, ...fields } : rule)));
	return (
		<div className={styles.rules}>
			<p className={styles.head} aria-hidden="true">
				<span>Where it says</span>
				<span>write</span>
				<span>Kind</span>
			</p>
			<p className={styles.narrow} aria-hidden="true">
				Where it says, and below it what to write
			</p>
			<ol className={styles.list} aria-label="Rules">
				{rules.map((rule, index) => {
					const { id, from, to, kind } = rule;
					const number = index + 1;
					const isSensitive = rule.caseSensitive ?? kind === "regex";
					const told = warnings.filter(({ ruleIndex }) => ruleIndex === index);
					return (
						<li key={id} className={styles.rule}>
							<TextField
								label={`Rule ${number}: where it says`}
								hideLabel
								placeholder="cooper netties"
								mono={kind === "regex"}
								value={from}
								onChange={(value) => change(id, { from: value })}
							/>
							<TextField
								label={`Rule ${number}: write`}
								hideLabel
								placeholder="Kubernetes"
								value={to}
								onChange={(value) => change(id, { to: value })}
								onSubmit={onAdd}
							/>
							<Select
								label={`Rule ${number}: kind`}
								hideLabel
								value={kind}
								options={kinds}
								onChange={(value) => change(id, { kind: value })}
							/>
							<Checkbox
								isSelected={isSensitive}
								onChange={(value) => change(id, { caseSensitive: value })}
							>
								<span className="visually-hidden">Rule {number}: </span>Capitals count
							</Checkbox>
							<IconButton
								label={`Remove rule ${number}`}
								icon="close"
								onPress={() => onChange(rules.filter((other) => other.id !== id))}
							/>
							{told.map(({ message }) => (
								<div key={message} className={styles.told}>
									<State tone="warn">{message}</State>
								</div>
							))}
						</li>
					);
				})}
			</ol>
			<div>
				<Button icon="plus" onPress={onAdd}>
					Add a rule
				</Button>
			</div>
		</div>
	);
}
