import { useState } from "react";
import { signOut, useSession } from "../api/session.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { State } from "../design/State.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import { scopeWords } from "./scope-words.ts";
import { tellFailure, useAccess } from "./settings-api.ts";
import { TokenList } from "./TokenList.tsx";

/** Who may reach the library: programs by tokens, people by a password or the link. */
export function AccessSettings() {
	const { data, error, refetch } = useAccess();
	return (
		<>
			<TokenList />
			<Section
				title="Password"
				lead="For people who sign in from another device. Without one, the link that “onwax serve” prints is the way in."
			>
				{error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
				{data?.damage && <State tone="bad">{data.damage}</State>}
				{data ? (
					<>
						<p>
							{data.hasPassword ? "A password is set." : "No password is set."}{" "}
							{data.loopbackOnly
								? "Only this computer can reach the service."
								: "Other computers can reach the service."}
						</p>
						<PasswordForm hasPassword={data.hasPassword} />
					</>
				) : (
					!error && <Skeleton lines={2} />
				)}
			</Section>
			<ThisBrowser />
		</>
	);
}

function ThisBrowser() {
	const session = useSession().data;
	const [busy, setBusy] = useState(false);
	const leave = async () => {
		setBusy(true);
		try {
			await signOut();
		} catch (error) {
			tellFailure(error);
			setBusy(false);
		}
	};
	return (
		<Section
			title="This browser"
			lead={
				session
					? `Signed in as ${session.name}. It may: ${session.scopes.map((scope) => scopeWords[scope as keyof typeof scopeWords]?.label.toLowerCase() ?? scope).join(", ")}.`
					: undefined
			}
		>
			<div>
				<Button busy={busy} onPress={() => void leave()}>
					Sign out
				</Button>
			</div>
		</Section>
	);
}
