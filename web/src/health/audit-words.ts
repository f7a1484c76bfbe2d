import type { AuditEntryJson } from "../../../src/server/contract/access.ts";

const words: Partial<Record<AuditEntryJson["action"], string>> = {
	"sign-in": "Signed in",
	"sign-in-failed": "A sign-in was refused",
	"sign-out": "Signed out",
	upload: "Added",
	download: "Audio fetched or heard",
	export: "Text taken along",
	edit: "Changed",
	trash: "Moved to the trash",
	restore: "Restored",
	purge: "Deleted for good",
	cleanup: "Cleaned up",
	cancel: "Work cancelled",
	settings: "Settings changed",
	"token-create": "Token made",
	"token-revoke": "Token revoked",
	"session-revoke": "Signed somebody out",
	"password-set": "Password set",
	"password-remove": "Password removed",
};

/** What was done, as a person would say it. */
export function auditWords(action: AuditEntryJson["action"]): string {
	return words[action] ?? `Audit log: ${action.replaceAll("-", " ")}`;
}
