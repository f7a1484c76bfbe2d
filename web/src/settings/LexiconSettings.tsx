import { useState } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { State } from "../design/State.tsx";
import { TextField } from "../design/TextField.tsx";
import { count } from "./count.ts";
import { LexiconApplying } from "./LexiconApplying.tsx";
import { LexiconEditor } from "./LexiconEditor.tsx";
import { LexiconTry } from "./LexiconTry.tsx";
import { Locked } from "./Locked.tsx";
import parts from "./parts.module.css";
import { lockWords, useLexicons, usePatchSettings, useSetting } from "./settings-api.ts";

/** All lexicons, or the one whose name is in the address. */
export function LexiconSettings({ rest }: { rest: string | null }) {
	const { data, error, refetch } = useLexicons();
	if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
	if (data === undefined) return <Skeleton lines={5} />;
	if (rest !== null) {
		const saved = data.lexicons.find(({ name }) => name === rest) ?? null;
		return <LexiconEditor name={rest} saved={saved} />;
	}
	return <AllLexicons {...data} />;
}

function AllLexicons({ lexicons, broken }: NonNullable<ReturnType<typeof useLexicons>["data"]>) {
	const [isAdding, setAdding] = useState(false);
	const setting = useSetting("lexicon.enabled");
	const patch = usePatchSettings();
	const add = (
		<Button kind="primary" icon="plus" onPress={() => setAdding(true)}>
			New lexicon
		</Button>
	);
	return (
		<>
			<Section
				title="Lexicons"
				lead="Rules that put right what an engine keeps hearing wrong: names, terms, spellings. What the engine said first is kept beside every corrected text."
				actions={lexicons.length > 0 && add}
			>
				{broken.map((one) => (
					<State key={one.name} tone="bad">
						{one.name} cannot be read, and until it can no text is corrected. {one.message}
					</State>
				))}
				{lexicons.length === 0 ? (
					<EmptyState title="No lexicon yet" actions={add}>
						<p>
							“cooper netties” becomes “Kubernetes”, in every new text and, where you want it, in
							those you have.
						</p>
					</EmptyState>
				) : (
					<ul className={parts.rows}>
						{lexicons.map(({ name, rules, version, warnings }) => (
							<li key={name} className={parts.row}>
								<div className={parts.words}>
									<h3>
										<Link href={`/settings/lexicon/${encodeURIComponent(name)}`}>{name}</Link>
									</h3>
									<p className={parts.soft}>
										{count(rules.length, "rule")} · version {version}
									</p>
									{warnings.length > 0 && (
										<State tone="warn">{count(warnings.length, "rule")} to look at</State>
									)}
								</div>
							</li>
						))}
					</ul>
				)}
				{setting && (
					<>
						<Checkbox
							kind="switch"
							isSelected={setting.value === true}
							isDisabled={lockWords(setting) !== null}
							onChange={(on) => patch.mutate({ set: { "lexicon.enabled": on } })}
						>
							Correct new texts with the lexicons
						</Checkbox>
						<Locked setting={setting} />
					</>
				)}
			</Section>
			{lexicons.length > 0 && (
				<>
					<LexiconTry />
					<LexiconApplying />
				</>
			)}
			{isAdding && (
				<NewLexicon
					onClose={() => setAdding(false)}
					taken={lexicons.map(({ name }) => name)}
					suggestion={lexicons.length === 0 ? "names" : ""}
				/>
			)}
		</>
	);
}

function NewLexicon({
	onClose,
	taken,
	suggestion,
}: {
	onClose: () => void;
	taken: string[];
	suggestion: string;
}) {
	const [, navigate] = useLocation();
	const [name, setName] = useState(suggestion);
	const isGood = /^[A-Za-z0-9_-]{1,64}$/.test(name);
	const begin = () => {
		if (isGood) navigate(`/settings/lexicon/${name}`);
	};
	return (
		<Dialog
			title="New lexicon"
			isOpen
			onClose={onClose}
			actions={
				<Button kind="primary" isDisabled={!isGood} onPress={begin}>
					Write its rules
				</Button>
			}
		>
			<TextField
				label="Name"
				value={name}
				onChange={setName}
				onSubmit={begin}
				autoFocus
				error={
					name !== "" && !isGood ? "A name is of letters, digits, hyphens and underscores." : null
				}
				description={
					taken.includes(name)
						? "There is one of this name: it will be opened."
						: "Lexicons are applied in the order of their names."
				}
			/>
		</Dialog>
	);
}
