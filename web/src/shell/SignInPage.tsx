import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { getJson } from "../api/client.ts";
import { signIn } from "../api/session.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { TextField } from "../design/TextField.tsx";
import styles from "./SignInPage.module.css";

/** `failure`: why the link that was opened did not do. */
export function SignInPage({ failure }: { failure: unknown }) {
	const queries = useQueryClient();
	const [given, setGiven] = useState("");
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(failure);
	const { data: ways } = useQuery({
		queryKey: ["sign-in"],
		queryFn: ({ signal }) => getJson<{ password: boolean }>("/api/v1/sign-in", signal),
	});
	const hasPassword = ways?.password ?? false;
	useEffect(() => {
		document.title = "Sign in · Onwax";
	}, []);
	const submit = async (event: FormEvent) => {
		event.preventDefault();
		setBusy(true);
		setError(null);
		try {
			// A whole link may have been pasted; its secret is what stands behind the #.
			const secret = given.trim().split("#").at(-1) ?? "";
			const looksLikeSecret = given.includes("#") || !hasPassword;
			await signIn(looksLikeSecret ? { secret } : { password: given });
			await queries.invalidateQueries();
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(false);
		}
	};
	return (
		<main className={styles.page}>
			<form className={styles.form} onSubmit={submit}>
				<img src="/icon.svg" alt="" width={44} height={44} />
				<h1>Who is there?</h1>
				<p className={styles.lead}>
					Open the link that <code>onwax serve</code> printed, or{" "}
					{hasPassword ? "sign in with the password." : "paste it here."}
				</p>
				{error !== null && error !== undefined && <ErrorNotice error={error} />}
				<TextField
					label={hasPassword ? "Password, or the link" : "Link"}
					type="password"
					autoComplete={hasPassword ? "current-password" : "off"}
					value={given}
					onChange={setGiven}
					autoFocus
				/>
				<Button kind="primary" type="submit" busy={busy} isDisabled={given === ""}>
					Sign in
				</Button>
			</form>
		</main>
	);
}
