import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SessionJson } from "../../../src/server/contract/access.ts";
import { sendJson } from "../api/client.ts";
import { signOut, useSession } from "../api/session.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatDay, formatTime } from "../design/format.ts";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { Badge } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { agentWords } from "./agent-words.ts";
import parts from "./parts.module.css";
import { scopeWords } from "./scope-words.ts";
import { sessionsKey, tellFailure, useSessions } from "./settings-api.ts";

const shownAtFirst = 8;

/** Every browser that is signed in, this one among them; each can be shown the door. */
export function SessionList() {
	const queries = useQueryClient();
	const own = useSession().data;
	const { data, error, refetch } = useSessions();
	const [isBusy, setBusy] = useState(false);
	const [showsAll, setShowsAll] = useState(false);
	const attempt = async (deed: () => Promise<unknown>) => {
		setBusy(true);
		try {
			await deed();
		} catch (failure) {
			tellFailure(failure);
		}
		await queries.invalidateQueries({ queryKey: sessionsKey });
		setBusy(false);
	};
	const end = ({ id, agent }: SessionJson) =>
		attempt(async () => {
			await sendJson("DELETE", `/api/v1/sessions/${encodeURIComponent(id)}`);
			showToast({ text: `${agentWords(agent)} is signed out.` });
		});
	const endOthers = () =>
		attempt(async () => {
			const { revoked } = await sendJson<{ revoked: number }>("DELETE", "/api/v1/sessions");
			showToast({
				text: revoked === 1 ? "The other one is signed out." : `${revoked} are signed out.`,
			});
		});
	const shown = showsAll ? (data ?? []) : (data ?? []).slice(0, shownAtFirst);
	const others = (data ?? []).filter(({ isCurrent }) => !isCurrent);
	const may = own?.scopes.map(
		(scope) => scopeWords[scope as keyof typeof scopeWords]?.label.toLowerCase() ?? scope,
	);
	return (
		<Section
			title="Signed in"
			lead={own && `This browser may: ${may?.join(", ")}.`}
			actions={
				others.length > 1 && (
					<Button busy={isBusy} onPress={() => void endOthers()}>
						Sign out all others
					</Button>
				)
			}
		>
			{error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
			{!data && !error && <Skeleton lines={2} />}
			<ul className={parts.rows} aria-label="Signed in">
				{shown.map((session) => (
					<li key={session.id} className={parts.row}>
						<div className={parts.words}>
							<div className={parts.title}>
								<h3>{agentWords(session.agent)}</h3>
								{session.isCurrent && <Badge>this browser</Badge>}
							</div>
							<p className={parts.soft}>{factsOf(session)}</p>
						</div>
						<div className={parts.actions}>
							<Button
								busy={isBusy}
								onPress={() => void (session.isCurrent ? attempt(signOut) : end(session))}
							>
								Sign out
								{!session.isCurrent && (
									<span className="visually-hidden"> {agentWords(session.agent)}</span>
								)}
							</Button>
						</div>
					</li>
				))}
			</ul>
			{data && shown.length < data.length && (
				<p>
					<Button kind="quiet" onPress={() => setShowsAll(true)}>
						Show all {data.length}
					</Button>
				</p>
			)}
		</Section>
	);
}

function factsOf({ by, createdAt, lastSeenAt, address }: SessionJson): string {
	return [
		`Since ${whenIn(createdAt)}, by ${by === "link" ? "the link" : "the password"}`,
		...(lastSeenAt === null ? [] : [`seen ${whenIn(lastSeenAt)}`]),
		...(address === null ? [] : [`from ${address}`]),
	].join(" · ");
}

/** `today, 22:04` */
function whenIn(iso: string): string {
	const day = formatDay(iso);
	const isNear = day === "Today" || day === "Yesterday";
	return `${isNear ? day.toLowerCase() : day}, ${formatTime(iso)}`;
}
