import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { TextField } from "../design/TextField.tsx";
import { showToast } from "../design/toast.ts";
import parts from "./parts.module.css";
import { accessKey } from "./settings-api.ts";

const fewestLetters = 10;

export function PasswordForm({ hasPassword }: { hasPassword: boolean }) {
	const queries = useQueryClient();
	const [current, setCurrent] = useState("");
	const [wanted, setWanted] = useState("");
	const [busy, setBusy] = useState<"set" | "remove" | null>(null);
	const [error, setError] = useState<unknown>(null);
	const send = async (password: string | null) => {
		if (busy !== null) return;
		setBusy(password === null ? "remove" : "set");
		setError(null);
		try {
			await sendJson("PUT", "/api/v1/password", { password, ...(hasPassword && { current }) });
			setCurrent("");
			setWanted("");
			showToast({
				text:
					password === null
						? "The password is gone."
						: "The password counts now. Whoever signed in with an older one is signed out.",
			});
			await queries.invalidateQueries({ queryKey: accessKey });
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(null);
		}
	};
	const isLong = [...wanted].length >= fewestLetters;
	const mayAct = !hasPassword || current !== "";
	const set = () => {
		if (isLong && mayAct) void send(wanted);
	};
	return (
		<div className={parts.form}>
			{hasPassword && (
				<TextField
					label="Password that counts now"
					type="password"
					autoComplete="current-password"
					value={current}
					onChange={setCurrent}
				/>
			)}
			<TextField
				label="New password"
				type="password"
				autoComplete="new-password"
				value={wanted}
				onChange={setWanted}
				onSubmit={set}
				description={`At least ${fewestLetters} characters. A sentence is easy to remember.`}
			/>
			{error !== null && <ErrorNotice error={error} />}
			<div className={parts.inline}>
				<Button busy={busy === "set"} isDisabled={!isLong || !mayAct} onPress={set}>
					{hasPassword ? "Change the password" : "Set the password"}
				</Button>
				{hasPassword && (
					<Button
						kind="quiet"
						busy={busy === "remove"}
						isDisabled={!mayAct}
						onPress={() => void send(null)}
					>
						Remove it
					</Button>
				)}
			</div>
		</div>
	);
}
