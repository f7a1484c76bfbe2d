import { useState } from "react";
import { useStatus } from "../api/status.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatDay, formatHours, formatTime } from "../design/format.ts";
import { Section } from "../design/Page.tsx";
import { Select } from "../design/Select.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { KeyboardHelp } from "../shell/KeyboardHelp.tsx";
import { setTheme, storedTheme, type Theme } from "../shell/theme.ts";
import { count } from "./count.ts";
import parts from "./parts.module.css";
import { useSetting, useSettings } from "./settings-api.ts";

const looks: readonly { id: Theme; label: string }[] = [
	{ id: "system", label: "As this device" },
	{ id: "light", label: "Light" },
	{ id: "dark", label: "Dark" },
];

/** How it looks and is worked in this browser, and what this Onwax is. */
export function AboutSettings() {
	const [theme, change] = useState(storedTheme);
	const [isHelping, setHelping] = useState(false);
	return (
		<>
			<Section title="Appearance" lead="Kept in this browser alone.">
				<div className={parts.form}>
					<Select
						label="Appearance"
						hideLabel
						value={theme}
						options={looks}
						onChange={(next) => {
							setTheme(next);
							change(next);
						}}
					/>
				</div>
			</Section>
			<Section title="Keys" lead="Everything can be done without a mouse.">
				<div>
					<Button icon="keyboard" onPress={() => setHelping(true)}>
						Show all keys
					</Button>
				</div>
				<KeyboardHelp isOpen={isHelping} onClose={() => setHelping(false)} />
			</Section>
			<Section title="This Onwax">
				<Facts />
				<p>
					<a href="/api/docs">The API, for programs</a>
				</p>
			</Section>
		</>
	);
}

function Facts() {
	const status = useStatus();
	const settings = useSettings();
	const folder = useSetting("dataDir")?.value;
	if (status.error) {
		return <ErrorNotice error={status.error} onRetry={() => void status.refetch()} />;
	}
	if (!status.data) return <Skeleton lines={4} />;
	const { version, startedAt, recordings } = status.data;
	const facts = [
		["Version", version],
		["Running since", `${formatDay(startedAt)}, ${formatTime(startedAt)}`],
		["Kept", `${count(recordings.total, "recording")}, ${formatHours(recordings.durationSeconds)}`],
		["Library", typeof folder === "string" ? folder : null],
		["Settings", settings.data?.path ?? null],
	] as const;
	return (
		<dl className={parts.facts}>
			{facts.map(
				([term, words]) =>
					words !== null && (
						<div key={term} className={parts.fact}>
							<dt>{term}</dt>
							<dd>{words}</dd>
						</div>
					),
			)}
		</dl>
	);
}
