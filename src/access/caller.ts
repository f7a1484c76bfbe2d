/** What somebody may do. Each stands for itself: `write` does not contain `read`. */
export const scopes = ["read", "upload", "write", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Who asks: a person in a browser, or a program with a token. */
export type Caller = {
	kind: "session" | "token";
	/** Names the session or token in logs and the audit log; tells nothing about its secret. */
	id: string;
	/** What a person calls it. */
	name: string;
	scopes: ReadonlySet<Scope>;
};
