import { useState } from "react";
import type { Setting } from "../../../src/server/contract/settings.ts";
import { Button } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Select } from "../design/Select.tsx";
import { Badge } from "../design/State.tsx";
import { TextField } from "../design/TextField.tsx";
import { Locked } from "./Locked.tsx";
import parts from "./parts.module.css";
import { lockWords, usePatchSettings } from "./settings-api.ts";

const origins = { default: "default", file: "set here", environment: "from the environment" };

export function SettingRow({ setting }: { setting: Setting }) {
	const { key, description, value, origin, needsRestart } = setting;
	const patch = usePatchSettings({ inForm: true });
	const isLocked = lockWords(setting) !== null;
	return (
		<li className={parts.row}>
			<div className={parts.words}>
				<div className={parts.title}>
					<h3>{key}</h3>
					<Badge>{origins[origin]}</Badge>
					{needsRestart && <Badge>after a restart</Badge>}
				</div>
				<p className={parts.soft}>{description}</p>
				<Locked setting={setting} />
			</div>
			<div className={parts.actions}>
				{origin === "file" && !isLocked && (
					<Button kind="quiet" onPress={() => patch.mutate({ unset: [key] })}>
						Use the default<span className="visually-hidden"> of {key}</span>
					</Button>
				)}
			</div>
			<div className={`${parts.below} ${parts.form}`}>
				{isLocked || !isEditable(setting) ? (
					<code className={parts.value}>{shownValue(value)}</code>
				) : (
					<Field
						// A value that came from elsewhere takes the place of what the field began with.
						key={JSON.stringify(value)}
						setting={setting}
						busy={patch.isPending}
						onChange={(next) => patch.mutate({ set: { [key]: next } })}
					/>
				)}
				{patch.error && <ErrorNotice error={patch.error} safe="The value before counts." />}
			</div>
		</li>
	);
}

function Field({
	setting: { key, kind, choices, value, isNullable },
	busy,
	onChange,
}: {
	setting: Setting;
	busy: boolean;
	onChange: (value: unknown) => void;
}) {
	const [text, setText] = useState(() => asText(value));
	if (kind === "boolean") {
		return (
			<Checkbox kind="switch" isSelected={value === true} onChange={onChange}>
				{value === true ? "On" : "Off"}
				<span className="visually-hidden">, {key}</span>
			</Checkbox>
		);
	}
	if (kind === "choice") {
		return (
			<Select
				label={key}
				hideLabel
				value={String(value)}
				options={(choices ?? []).map((id) => ({ id, label: id }))}
				onChange={onChange}
			/>
		);
	}
	const isChanged = text !== asText(value);
	const save = () => {
		if (!isChanged) return;
		if (text.trim() === "" && isNullable) onChange(null);
		else if (kind === "list") onChange(listOf(text, value));
		else if (kind === "number" || kind === "integer") onChange(numberOf(text));
		else onChange(text);
	};
	return (
		<div className={parts.stack}>
			<TextField
				label={key}
				hideLabel
				value={text}
				onChange={setText}
				onSubmit={save}
				placeholder={isNullable ? "empty" : ""}
				{...(kind === "list" && { description: "Several with commas between them." })}
			/>
			{isChanged && (
				<div className={parts.inline}>
					<Button kind="primary" busy={busy} onPress={save}>
						Save
					</Button>
					<Button kind="quiet" onPress={() => setText(asText(value))}>
						Discard
					</Button>
				</div>
			)}
		</div>
	);
}

/** What has a place of its own in the settings, or is more than a line. */
function isEditable({ key, kind, value }: Setting): boolean {
	if (kind === "object" || key === "retention" || key === "engine") return false;
	return !Array.isArray(value) || value.every((one) => typeof one !== "object");
}

function asText(value: unknown): string {
	if (value === null || value === undefined) return "";
	return Array.isArray(value) ? value.join(", ") : String(value);
}

function shownValue(value: unknown): string {
	if (value === null || value === undefined || value === "") return "empty";
	return typeof value === "string" ? value : JSON.stringify(value);
}

/** What is no number goes as it was typed: the service says what is wrong with it. */
function numberOf(text: string): number | string {
	const number = Number(text);
	return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

function listOf(text: string, before: unknown): (string | number)[] {
	const items = text
		.split(",")
		.map((item) => item.trim())
		.filter((item) => item !== "");
	const isOfNumbers = Array.isArray(before) && before.some((one) => typeof one === "number");
	return isOfNumbers ? items.map(numberOf) : items;
}
