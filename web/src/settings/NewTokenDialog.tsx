import { useState } from "react";
import type { CreatedToken } from "../../../src/server/contract/access.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { Dialog } from "../design/Dialog.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Select } from "../design/Select.tsx";
import { State } from "../design/State.tsx";
import { TextField } from "../design/TextField.tsx";
import { CopyButton } from "./CopyButton.tsx";
import parts from "./parts.module.css";
import { type ScopeName, scopeNames, scopeWords } from "./scope-words.ts";

const spans = [
	{ id: "never", label: "Until it is revoked" },
	{ id: "30", label: "30 days" },
	{ id: "90", label: "90 days" },
	{ id: "365", label: "A year" },
] as const;

/** Makes a token, and shows its secret the one time that it is known. */
export function NewTokenDialog({
	onClose,
	onMade,
}: {
	onClose: () => void;
	onMade: () => Promise<void>;
}) {
	const [name, setName] = useState("");
	const [scopes, setScopes] = useState<ScopeName[]>(["upload"]);
	const [span, setSpan] = useState<(typeof spans)[number]["id"]>("never");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const [made, setMade] = useState<CreatedToken | null>(null);
	const isReady = name.trim() !== "" && scopes.length > 0;
	const make = async () => {
		if (!isReady || busy) return;
		setBusy(true);
		setError(null);
		try {
			setMade(
				await sendJson<CreatedToken>("POST", "/api/v1/tokens", {
					name: name.trim(),
					scopes: scopeNames.filter((scope) => scopes.includes(scope)),
					...(span !== "never" && { expiresInDays: Number(span) }),
				}),
			);
			void onMade();
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(false);
		}
	};
	if (made !== null) {
		return (
			<Dialog
				title={`Token for ${made.token.name}`}
				isOpen
				onClose={onClose}
				actions={
					<>
						<Button onPress={onClose}>Done</Button>
						<CopyButton text={made.secret}>Copy the token</CopyButton>
					</>
				}
			>
				<div className={parts.stack}>
					<State tone="warn">It is shown this once. Only a hash of it is kept here.</State>
					<input
						className={parts.secret}
						aria-label="Token"
						readOnly
						value={made.secret}
						onFocus={({ target }) => target.select()}
					/>
					<p className={parts.soft}>
						A program sends it with each request: Authorization: Bearer, then the token.
					</p>
				</div>
			</Dialog>
		);
	}
	return (
		<Dialog
			title="New token"
			isOpen
			onClose={onClose}
			actions={
				<>
					<Button onPress={onClose}>Cancel</Button>
					<Button kind="primary" busy={busy} isDisabled={!isReady} onPress={() => void make()}>
						Make the token
					</Button>
				</>
			}
		>
			<div className={parts.form}>
				<TextField
					label="What is it for"
					placeholder="phone, backup script"
					value={name}
					onChange={setName}
					onSubmit={() => void make()}
					autoFocus
				/>
				<fieldset className={parts.group}>
					<legend>It may</legend>
					{scopeNames.map((scope) => (
						<Checkbox
							key={scope}
							isSelected={scopes.includes(scope)}
							description={scopeWords[scope].words}
							onChange={(on) =>
								setScopes(on ? [...scopes, scope] : scopes.filter((one) => one !== scope))
							}
						>
							{scopeWords[scope].label}
						</Checkbox>
					))}
				</fieldset>
				<Select label="It is good" value={span} options={spans} onChange={setSpan} />
				{error !== null && <ErrorNotice error={error} safe="No token was made." />}
			</div>
		</Dialog>
	);
}
