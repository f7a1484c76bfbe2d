import type { Engine } from "../../../src/server/contract/engines.ts";
import { Button } from "../design/Button.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { EngineRow } from "./EngineRow.tsx";
import { Locked } from "./Locked.tsx";
import { ModelSettings } from "./ModelSettings.tsx";
import parts from "./parts.module.css";
import { lockWords, useEngines, usePatchSettings, useSetting } from "./settings-api.ts";

/** Who writes the texts, in which order they are asked, and what else could. */
export function EngineSettings() {
	const { data, error, refetch } = useEngines();
	const setting = useSetting("engine");
	const patch = usePatchSettings();
	const giveBack = usePatchSettings();
	const engines = data?.engines ?? [];
	const asked = engines
		.filter(({ place }) => place !== null)
		.sort((one, other) => (one.place ?? 0) - (other.place ?? 0));
	const others = engines.filter(({ place }) => place === null);
	// One that was found on this machine has its place only while no other one is named.
	const names = asked.filter(({ origin }) => origin === "declared").map(({ name }) => name);
	const mayChange = setting !== undefined && lockWords(setting) === null;
	const isFree = mayChange && !patch.isPending && !giveBack.isPending;
	const order = (next: string[]) => patch.mutate({ set: { engine: next } });
	const row = (engine: Engine) => (
		<EngineRow
			key={engine.name}
			engine={engine}
			order={names}
			onOrder={isFree && engine.origin === "declared" ? order : null}
		/>
	);
	return (
		<>
			<Section
				title="Who writes the texts"
				lead="New recordings go to the first engine that can work. Where it fails, the next one is asked."
				actions={
					// It stays until the service has done it: who pressed it keeps the focus, and sees when it counts.
					mayChange &&
					(setting.origin === "file" || giveBack.isPending) && (
						<Button
							kind="quiet"
							icon="restore"
							busy={giveBack.isPending}
							isDisabled={patch.isPending}
							onPress={() => giveBack.mutate({ unset: ["engine"] })}
						>
							Let Onwax choose
						</Button>
					)
				}
			>
				<Locked setting={setting} />
				{error ? (
					<ErrorNotice error={error} onRetry={() => void refetch()} />
				) : data === undefined ? (
					<Skeleton lines={3} />
				) : asked.length === 0 ? (
					<EmptyState title="Nothing here can write texts yet">
						<p>
							Recordings are kept all the same, and get their text when there is an engine. Fetch a
							model below: it runs on this machine, and nothing you say leaves it.
						</p>
					</EmptyState>
				) : (
					<ol className={parts.rows}>{asked.map(row)}</ol>
				)}
			</Section>
			{others.length > 0 && (
				<Section title="Asked only by name" lead="Declared, and not in the order above.">
					<ul className={parts.rows}>{others.map(row)}</ul>
				</Section>
			)}
			<ModelSettings order={names} mayOrder={isFree && data !== undefined} />
		</>
	);
}
