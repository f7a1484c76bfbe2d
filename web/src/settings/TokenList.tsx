import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { TokenJson } from "../../../src/server/contract/access.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ConfirmDialog } from "../design/Dialog.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatDay } from "../design/format.ts";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { Badge, State } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { NewTokenDialog } from "./NewTokenDialog.tsx";
import parts from "./parts.module.css";
import { scopeWords } from "./scope-words.ts";
import { accessKey, tokensKey, useTokens } from "./settings-api.ts";

export function TokenList() {
	const queries = useQueryClient();
	const { data, error, refetch } = useTokens();
	const [isAdding, setAdding] = useState(false);
	const [revoked, setRevoked] = useState<TokenJson | null>(null);
	const refresh = async () => {
		await queries.invalidateQueries({ queryKey: tokensKey });
		await queries.invalidateQueries({ queryKey: accessKey });
	};
	const revoke = async () => {
		if (revoked === null) return;
		await sendJson("DELETE", `/api/v1/tokens/${encodeURIComponent(revoked.id)}`);
		showToast({ text: `${revoked.name} opens nothing any more.` });
		await refresh();
	};
	const add = (
		<Button kind="primary" icon="plus" onPress={() => setAdding(true)}>
			New token
		</Button>
	);
	return (
		<Section
			title="Tokens"
			lead="For programs that send recordings or fetch texts. Each may do only what you tick."
			actions={data && data.length > 0 && add}
		>
			{error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
			{!data && !error && <Skeleton lines={3} />}
			{data?.length === 0 && (
				<EmptyState title="No tokens" actions={add}>
					<p>No program has access by a token.</p>
				</EmptyState>
			)}
			{data && data.length > 0 && (
				<ul className={parts.rows} aria-label="Tokens">
					{data.map((token) => (
						<li key={token.id} className={parts.row}>
							<div className={parts.words}>
								<div className={parts.title}>
									<h3>{token.name}</h3>
									{token.scopes.map((scope) => (
										<Badge key={scope}>{scopeWords[scope].label}</Badge>
									))}
								</div>
								<p className={parts.soft}>{timesOf(token)}</p>
								{isOver(token) && <State tone="warn">It has run out and opens nothing.</State>}
							</div>
							<div className={parts.actions}>
								<Button onPress={() => setRevoked(token)}>
									Revoke<span className="visually-hidden"> {token.name}</span>
								</Button>
							</div>
						</li>
					))}
				</ul>
			)}
			{isAdding && <NewTokenDialog onClose={() => setAdding(false)} onMade={refresh} />}
			<ConfirmDialog
				title={`Revoke ${revoked?.name ?? ""}?`}
				isOpen={revoked !== null}
				onClose={() => setRevoked(null)}
				onConfirm={revoke}
				confirm="Revoke this token"
			>
				<p>Programs that use it are refused from then on. It cannot be given back.</p>
			</ConfirmDialog>
		</Section>
	);
}

function isOver({ expiresAt }: TokenJson): boolean {
	return expiresAt !== null && Date.parse(expiresAt) <= Date.now();
}

function timesOf({ createdAt, lastUsedAt, expiresAt }: TokenJson): string {
	return [
		`Made ${dayIn(createdAt)}`,
		lastUsedAt === null ? "never used" : `used ${dayIn(lastUsedAt)}`,
		expiresAt === null ? "good until it is revoked" : `good until ${dayIn(expiresAt)}`,
	].join(" · ");
}

/** `today`, and a date as it is. */
function dayIn(iso: string): string {
	const day = formatDay(iso);
	return /^(Today|Yesterday)$/.test(day) ? day.toLowerCase() : day;
}
