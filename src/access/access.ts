import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { OnwaxError } from "../errors.ts";
import { type Caller, type Scope, scopes } from "./caller.ts";

/** What a request says about who asks. */
export type Credentials = { bearer: string | null; session: string | null };

export type Access = {
	/** The secret of the link that `onwax serve` prints; it is good for as long as this process lives. */
	readonly linkSecret: string;
	/** Null: nobody we know. */
	authenticate(credentials: Credentials): Promise<Caller | null>;
	/** @throws ERR_AUTH */
	signIn(given: { secret: string }): Promise<{ session: string; caller: Caller }>;
	signOut(session: string): Promise<void>;
	/** `secret` is told here and never again. */
	createToken(token: { name: string; scopes: Scope[] }): Promise<{ id: string; secret: string }>;
};

export async function openAccess(): Promise<Access> {
	const linkSecret = newSecret();
	const known = new Map<string, Caller>();
	return {
		linkSecret,
		async authenticate({ bearer, session }) {
			const secret = bearer ?? session;
			return secret === null ? null : (known.get(digest(secret)) ?? null);
		},
		async signIn({ secret }) {
			if (!same(secret, linkSecret)) throw new OnwaxError("ERR_AUTH", "That link is not valid.");
			const session = newSecret();
			const id = randomBytes(6).toString("hex");
			const caller: Caller = { kind: "session", id, name: "browser", scopes: new Set(scopes) };
			known.set(digest(session), caller);
			return { session, caller };
		},
		async signOut(session) {
			known.delete(digest(session));
		},
		async createToken(token) {
			const secret = `onwax_${newSecret()}`;
			const id = randomBytes(6).toString("hex");
			known.set(digest(secret), {
				...{ kind: "token", id, name: token.name },
				scopes: new Set(token.scopes),
			});
			return { id, secret };
		},
	};
}

function newSecret(): string {
	return randomBytes(32).toString("base64url");
}

function digest(secret: string): string {
	return createHash("sha256").update(secret).digest("hex");
}

function same(a: string, b: string): boolean {
	return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}
