import type { ComponentType } from "react";
import { Link, useLocation } from "wouter";
import { Page } from "../design/Page.tsx";
import { AboutSettings } from "./AboutSettings.tsx";
import { AccessSettings } from "./AccessSettings.tsx";
import { AllSettings } from "./AllSettings.tsx";
import { EngineSettings } from "./EngineSettings.tsx";
import { LexiconSettings } from "./LexiconSettings.tsx";
import { RetentionSettings } from "./RetentionSettings.tsx";
import styles from "./SettingsPage.module.css";

const parts: { id: string; label: string; Part: ComponentType<{ rest: string | null }> }[] = [
	{ id: "engine", label: "Engine", Part: EngineSettings },
	{ id: "lexicon", label: "Lexicon", Part: LexiconSettings },
	{ id: "retention", label: "Retention", Part: RetentionSettings },
	{ id: "access", label: "Access", Part: AccessSettings },
	{ id: "all", label: "All settings", Part: AllSettings },
	{ id: "about", label: "About", Part: AboutSettings },
];

/** `/settings/PART`, and `/settings/lexicon/NAME`. */
export default function SettingsPage() {
	const [path] = useLocation();
	const [id, rest = null] = path.split("/").slice(2);
	const shown = parts.find((part) => part.id === id) ?? parts[0];
	if (shown === undefined) return null;
	const { Part, label } = shown;
	return (
		<Page title={`${label} · Settings`} heading={<h1>Settings</h1>} isWide>
			<div className={styles.columns}>
				<nav aria-label="Settings" className={styles.parts}>
					<ul>
						{parts.map((part) => (
							<li key={part.id}>
								<Link
									href={`/settings/${part.id}`}
									className={styles.part}
									aria-current={part === shown ? "page" : undefined}
								>
									{part.label}
								</Link>
							</li>
						))}
					</ul>
				</nav>
				<div className={styles.content}>
					<Part key={`${shown.id}/${rest ?? ""}`} rest={rest} />
				</div>
			</div>
		</Page>
	);
}
