import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type {
	AccessStateJson,
	SessionJson,
	TokenJson,
} from "../../../src/server/contract/access.ts";
import type { EngineList } from "../../../src/server/contract/engines.ts";
import type { LexiconList } from "../../../src/server/contract/lexicons.ts";
import type { ModelList } from "../../../src/server/contract/models.ts";
import type {
	Setting,
	Settings,
	SettingsPatch,
	SettingsPatched,
} from "../../../src/server/contract/settings.ts";
import { ApiError, getJson, messageOf, sendJson } from "../api/client.ts";
import { showToast } from "../design/toast.ts";

// Whatever begins with "settings" is asked for again when the service tells that settings changed.
const allKey = ["settings", "all"];
export const lexiconsKey = ["settings", "lexicons"];
export const tokensKey = ["settings", "tokens"];
export const accessKey = ["settings", "access"];
export const sessionsKey = ["settings", "sessions"];

export function useSettings() {
	return useQuery({
		queryKey: allKey,
		queryFn: ({ signal }) => getJson<Settings>("/api/v1/settings", signal),
	});
}

/** Undefined until the settings are there. */
export function useSetting(key: string): Setting | undefined {
	return useSettings().data?.settings.find((setting) => setting.key === key);
}

/** Why it cannot be changed here, in words; null: it can. */
export function lockWords(setting: Setting | undefined): string | null {
	return setting?.lockedBecause ?? null;
}

/**
 * Changes settings: shown at once, and put back with the reason where the service refuses.
 * `inForm`: shown when it is done; the form keeps what was typed, and tells the failure itself.
 */
export function usePatchSettings({ inForm = false }: { inForm?: boolean } = {}) {
	const queries = useQueryClient();
	return useMutation({
		networkMode: "always",
		mutationFn: (patch: SettingsPatch) =>
			sendJson<SettingsPatched>("PATCH", "/api/v1/settings", patch),
		onMutate: async ({ set = {} }) => {
			await queries.cancelQueries({ queryKey: allKey });
			const before = queries.getQueryData<Settings>(allKey);
			if (before !== undefined && !inForm) {
				const settings = before.settings.map((one) =>
					Object.hasOwn(set, one.key) ? { ...one, value: set[one.key] } : one,
				);
				queries.setQueryData<Settings>(allKey, { ...before, settings });
			}
			return before;
		},
		onError: (error, _patch, before) => {
			if (inForm) return;
			queries.setQueryData(allKey, before);
			tellFailure(error);
		},
		onSuccess: ({ settings, path, waitingForRestart }) => {
			queries.setQueryData<Settings>(allKey, { settings, path });
			if (waitingForRestart.length > 0) {
				showToast({ text: "Kept. It counts after the service was started again." });
			}
		},
		onSettled: () => {
			for (const key of ["settings", "engines", "models", "status"]) {
				void queries.invalidateQueries({ queryKey: [key] });
			}
		},
	});
}

export function tellFailure(error: unknown): void {
	const hint = error instanceof ApiError ? error.hint : null;
	showToast({ tone: "bad", text: [messageOf(error), hint].filter(Boolean).join(" ") });
}

export function useEngines() {
	return useQuery({
		queryKey: ["engines"],
		queryFn: ({ signal }) => getJson<EngineList>("/api/v1/engines", signal),
	});
}

export function useModels() {
	return useQuery({
		queryKey: ["models"],
		queryFn: ({ signal }) => getJson<ModelList>("/api/v1/models", signal),
	});
}

export function useLexicons() {
	return useQuery({
		queryKey: lexiconsKey,
		queryFn: ({ signal }) => getJson<LexiconList>("/api/v1/lexicons", signal),
	});
}

export function useTokens() {
	return useQuery({
		queryKey: tokensKey,
		queryFn: async ({ signal }) =>
			(await getJson<{ tokens: TokenJson[] }>("/api/v1/tokens", signal)).tokens,
	});
}

export function useSessions() {
	return useQuery({
		queryKey: sessionsKey,
		queryFn: async ({ signal }) =>
			(await getJson<{ sessions: SessionJson[] }>("/api/v1/sessions", signal)).sessions,
		// Whoever signs in elsewhere is told of by nobody.
		staleTime: 0,
	});
}

export function useAccess() {
	return useQuery({
		queryKey: accessKey,
		queryFn: ({ signal }) => getJson<AccessStateJson>("/api/v1/access", signal),
	});
}
