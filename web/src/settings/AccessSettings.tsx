import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { State } from "../design/State.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import { SessionList } from "./SessionList.tsx";
import { useAccess } from "./settings-api.ts";
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
			<SessionList />
		</>
	);
}
