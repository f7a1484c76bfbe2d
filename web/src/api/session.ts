import { useQuery } from "@tanstack/react-query";
import { ApiError, getJson, sendJson } from "./client.ts";

export type Caller = { name: string; kind: "session" | "token"; scopes: string[] };

/** The link's secret stands behind `#`, where no server and no log ever sees it. */
const linkSecret = /^#([A-Za-z0-9_-]{32,200})$/;

/**
 * Takes the secret of a sign-in link out of the address before anything else can see it there.
 * Null: the address is an ordinary one.
 */
export function takeLinkSecret(): string | null {
	const secret = linkSecret.exec(location.hash)?.[1] ?? null;
	if (secret !== null) history.replaceState(null, "", location.pathname + location.search);
	return secret;
}

/** @throws ApiError ERR_AUTH, ERR_RATE_LIMIT */
export async function signIn(given: { secret: string } | { password: string }): Promise<Caller> {
	return sendJson<Caller>("POST", "/api/v1/session", given);
}

export async function signOut(): Promise<void> {
	await sendJson("DELETE", "/api/v1/session");
	location.assign("/");
}

/** Who sits here; `null`: nobody that the service knows. */
export function useSession() {
	return useQuery({
		queryKey: ["session"],
		queryFn: async ({ signal }) => {
			try {
				return await getJson<Caller>("/api/v1/session", signal);
			} catch (error) {
				if (error instanceof ApiError && error.status === 401) return null;
				throw error;
			}
		},
		staleTime: Number.POSITIVE_INFINITY,
		retry: false,
	});
}
