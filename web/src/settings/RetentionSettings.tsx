import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { CleanupReport } from "../../../src/server/contract/storage.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Disclosure } from "../design/Disclosure.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatSize } from "../design/format.ts";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { State } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { count } from "./count.ts";
import { Locked } from "./Locked.tsx";
import parts from "./parts.module.css";
import { RetentionChoice } from "./RetentionChoice.tsx";
import { choiceOf, meaningOf, type RetentionDraft } from "./retention.ts";
import { lockWords, usePatchSettings, useSetting, useSettings } from "./settings-api.ts";

const mostShown = 200;

/** How long recordings are kept, in plain words, and what that does now. */
export function RetentionSettings() {
	const all = useSettings();
	const setting = useSetting("retention");
	const keepSuccess = useSetting("keepSuccess");
	const autoCleanup = useSetting("autoCleanup");
	const patch = usePatchSettings();
	if (all.error) return <ErrorNotice error={all.error} onRetry={() => void all.refetch()} />;
	if (!setting || !keepSuccess || !autoCleanup) return <Skeleton lines={5} />;
	return (
		<>
			<Section
				title="How long recordings are kept"
				lead="Whatever is let go of goes to the trash first. What waits for its text, and what you archived, stays however old it is."
			>
				<Locked setting={setting} />
				<Rule
					// The saved rule is another one: the form begins with it.
					key={JSON.stringify(setting.value)}
					saved={choiceOf(setting.value)}
					isLocked={lockWords(setting) !== null}
					isAutomatic={autoCleanup.value === true}
				/>
			</Section>
			<Section title="When it happens">
				<div className={parts.stack}>
					<Checkbox
						kind="switch"
						isSelected={autoCleanup.value === true}
						isDisabled={lockWords(autoCleanup) !== null}
						onChange={(on) => patch.mutate({ set: { autoCleanup: on } })}
						description="Every hour, and after each import. Off: only when you clean up on the health page, or with “onwax cleanup”."
					>
						Clean up by itself
					</Checkbox>
					<Locked setting={autoCleanup} />
					<Checkbox
						kind="switch"
						isSelected={keepSuccess.value === true}
						isDisabled={lockWords(keepSuccess) !== null}
						onChange={(on) => patch.mutate({ set: { keepSuccess: on } })}
						description="Off: a recording goes to the trash at the next cleanup once its text is there, however new it is."
					>
						Keep recordings whose text is there
					</Checkbox>
					<Locked setting={keepSuccess} />
				</div>
			</Section>
			<Now
				rule={JSON.stringify([setting.value, keepSuccess.value])}
				isAutomatic={autoCleanup.value === true}
			/>
		</>
	);
}

function Rule({
	saved,
	isLocked,
	isAutomatic,
}: {
	saved: RetentionDraft;
	isLocked: boolean;
	isAutomatic: boolean;
}) {
	const [draft, setDraft] = useState(saved);
	const patch = usePatchSettings({ inForm: true });
	const undo = usePatchSettings();
	const value = meaningOf(draft);
	const isChanged = JSON.stringify(draft) !== JSON.stringify(saved);
	const before = meaningOf(saved);
	const save = async () => {
		if (value.error !== null) return;
		try {
			await patch.mutateAsync({ set: { retention: value.retention } });
			showToast({
				text: "Kept. The new rule counts from now on.",
				...(before.error === null && {
					action: {
						run: () => {
							undo.mutate({ set: { retention: before.retention } });
						},
					},
				}),
			});
		} catch {
			// Shown below, with what was chosen still in the form.
		}
	};
	return (
		<div className={parts.stack}>
			<RetentionChoice
				draft={draft}
				onChange={setDraft}
				isDisabled={isLocked}
				error={value.error}
			/>
			{isChanged && value.error === null && (
				<Expected shortestDays={value.shortestDays} isAutomatic={isAutomatic} />
			)}
			{patch.error && (
				<ErrorNotice error={patch.error} safe="The rule before counts; nothing was removed." />
			)}
			{!isLocked && (
				<div className={parts.inline}>
					<Button
						kind="primary"
						busy={patch.isPending}
						isDisabled={!isChanged || value.error !== null}
						onPress={() => void save()}
					>
						Save the rule
					</Button>
					{isChanged && (
						<Button kind="quiet" onPress={() => setDraft(saved)}>
							Discard
						</Button>
					)}
				</div>
			)}
		</div>
	);
}

function useCleanupPreview(key: string, olderThanDays: number | null, isAsked = true) {
	return useQuery({
		queryKey: ["settings", "cleanup", key],
		queryFn: () =>
			sendJson<CleanupReport>("POST", "/api/v1/cleanup", {
				dryRun: true,
				...(olderThanDays !== null && { olderThanDays }),
			}),
		enabled: isAsked,
		retry: false,
	});
}

/** What a rule that is not saved yet would reach: by its shortest age, so rather too much than too little. */
function Expected({
	shortestDays,
	isAutomatic,
}: {
	shortestDays: number | null;
	isAutomatic: boolean;
}) {
	const { data } = useCleanupPreview(`days ${shortestDays}`, shortestDays, shortestDays !== null);
	if (shortestDays === null) return <State tone="good">Nothing will be removed by its age.</State>;
	if (data === undefined) return null;
	const number = data.trashed.length;
	return (
		<div aria-live="polite">
			<State tone={number > 0 ? "warn" : "good"}>
				{number === 0
					? "No recording is so old now that this would move it."
					: `At most ${count(number, "recording")} would move to the trash ${
							isAutomatic ? "within the hour" : "at the next cleanup"
						}.`}
			</State>
		</div>
	);
}

/** What a cleanup would do at this moment, by the rule that counts. */
function Now({ rule, isAutomatic }: { rule: string; isAutomatic: boolean }) {
	const { data, error, refetch } = useCleanupPreview(rule, null);
	const nothing = data && data.trashed.length + data.purged.length === 0;
	const list = (items: { name: string; reason: string }[]) => (
		<ul className={parts.rows}>
			{items.slice(0, mostShown).map(({ name, reason }) => (
				<li key={name} className={parts.row}>
					<div className={parts.below}>
						<Link href={`/recordings/${encodeURIComponent(name)}`}>{name}</Link>
						<p className={parts.soft}>{reason}</p>
					</div>
				</li>
			))}
			{items.length > mostShown && (
				<li className={parts.row}>And {items.length - mostShown} more.</li>
			)}
		</ul>
	);
	return (
		<Section
			title="What a cleanup would do now"
			lead={
				isAutomatic
					? "By the rule that counts. It happens by itself."
					: "By the rule that counts. Nothing happens until you clean up."
			}
		>
			{error && (
				<ErrorNotice error={error} safe="Nothing was removed." onRetry={() => void refetch()} />
			)}
			{!data && !error && <Skeleton lines={2} />}
			{nothing && <State tone="good">Nothing. Everything stays.</State>}
			{data && data.trashed.length > 0 && (
				<Disclosure summary={`${count(data.trashed.length, "recording")} would move to the trash`}>
					{list(data.trashed)}
				</Disclosure>
			)}
			{data && data.purged.length > 0 && (
				<Disclosure
					summary={`${count(data.purged.length, "recording")} would be destroyed, ${formatSize(data.bytesFreed)}`}
				>
					{list(data.purged)}
				</Disclosure>
			)}
			{data?.errors.map(({ name, message }) => (
				<State key={name} tone="warn">
					{name}: {message}
				</State>
			))}
			{data && !nothing && (
				<p>
					<Link href="/library-health">Clean up on the health page</Link>
				</p>
			)}
		</Section>
	);
}
