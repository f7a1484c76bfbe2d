import { useState } from "react";
import type { Setting } from "../../../src/server/contract/settings.ts";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { TextField } from "../design/TextField.tsx";
import parts from "./parts.module.css";
import { SettingRow } from "./SettingRow.tsx";
import { useSettings } from "./settings-api.ts";

/** Everything that can be set, where each value is from, and a field for what may be changed here. */
export function AllSettings() {
	const { data, error, refetch } = useSettings();
	const [wanted, setWanted] = useState("");
	if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />;
	if (data === undefined) return <Skeleton lines={8} />;
	const words = wanted.trim().toLowerCase();
	const found = data.settings.filter(({ key, description }) =>
		`${key} ${description}`.toLowerCase().includes(words),
	);
	const sections = new Map<string, Setting[]>();
	for (const setting of found) {
		sections.set(setting.section, [...(sections.get(setting.section) ?? []), setting]);
	}
	return (
		<>
			<TextField label="Find a setting" type="search" value={wanted} onChange={setWanted} />
			{found.length === 0 && (
				<EmptyState title="No setting has this in it">
					<p>Look for another word.</p>
				</EmptyState>
			)}
			{[...sections].map(([section, settings]) => (
				<Section key={section} title={section.charAt(0).toUpperCase() + section.slice(1)}>
					<ul className={parts.rows}>
						{settings.map((setting) => (
							<SettingRow key={setting.key} setting={setting} />
						))}
					</ul>
				</Section>
			))}
		</>
	);
}
