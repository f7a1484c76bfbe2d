import { OnwaxError } from "../errors.ts";
import type { Logger } from "../logger.ts";
import { accessPath, type KeptToken, openAccessFile } from "./access-file.ts";
import { type Caller, type Scope, scopes } from "./caller.ts";
import { damaged } from "./kept-file.ts";
import { checkNewPassword, hashPassword, isPassword } from "./password.ts";
import { digestOf, isSameSecret, newId, newSecret } from "./secret.ts";
import { type From, openSessions, type Session } from "./sessions.ts";

/** What a request says about who asks. */
export type Credentials = {
	bearer: string | null;
	session: string | null;
	/** Left out: nobody comes with them, it is only looked whether they are good. */
	from?: From;
};

/** All about a token but its secret, which nobody has any more. Times are ISO 8601. */
export type Token = Omit<KeptToken, "secretSha256">;

export type AccessState = {
	hasPassword: boolean;
	/** Those that are still good. */
	tokens: number;
	/** Why access.json counts for nothing now; null: it is whole. */
	damage: string | null;
};

export type Access = {
	/** The secret of the link that `onwax serve` prints; it is good for as long as this process lives. */
	readonly linkSecret: string;
	/** Null: nobody we know. A bearer that is not valid is not made up for by a session. */
	authenticate(credentials: Credentials): Promise<Caller | null>;
	/** @throws ERR_AUTH; ERR_USAGE where there is no password */
	signIn(
		given: { secret: string } | { password: string },
		lasting: { sessionDays: number; from?: From },
	): Promise<{ session: string; caller: Caller; expiresAt: Date }>;
	/** @returns false where nobody was signed in with that */
	signOut(session: string): Promise<boolean>;
	/** Those who are signed in, the newest first. */
	sessions(): Promise<Session[]>;
	/** @throws ERR_NOT_FOUND */
	revokeSession(id: string): Promise<Session>;
	/** Ends all sessions but the one with this id. */
	revokeOtherSessions(id: string | null): Promise<Session[]>;
	state(): Promise<AccessState>;
	tokens(): Promise<Token[]>;
	/**
	 * `secret` is told here and never again.
	 *
	 * @param by who asks for it; left out: whoever sits at the terminal, and may do all
	 * @throws ERR_FORBIDDEN where it could do more than `by`; ERR_USAGE; ERR_CONFLICT
	 */
	createToken(token: {
		name: string;
		scopes: readonly Scope[];
		expiresAt?: Date | null;
		by?: Caller | null;
	}): Promise<{ id: string; secret: string }>;
	/**
	 * @param reference its id, or its name where only one has it
	 * @throws ERR_NOT_FOUND, ERR_AMBIGUOUS
	 */
	revokeToken(reference: string): Promise<Token>;
	/** False also where there is none. */
	isPassword(password: string): Promise<boolean>;
	/** Null removes it. Whoever signed in with the old one is signed out, but for the session `keep`. */
	setPassword(password: string | null, keep?: { session: string | null }): Promise<void>;
	/** Resolves when nothing is being written any more. */
	close(): Promise<void>;
};

const hourMs = 3_600_000;
const dayMs = 86_400_000;
const allScopes: ReadonlySet<Scope> = new Set(scopes);

/** Who may do what, as it is kept in `folder`; what other processes change there counts within a second. */
export async function openAccess({
	folder,
	log,
	now = () => new Date(),
}: {
	folder: string;
	log: Logger;
	now?: () => Date;
}): Promise<Access> {
	const linkSecret = newSecret();
	const accessFile = openAccessFile(folder);
	const sessions = openSessions({ folder, log, now });
	let verifying: Promise<unknown> = Promise.resolve();
	let writing: Promise<unknown> = Promise.resolve();
	/** What was told once is not told for every request. */
	let toldDamage: string | null = null;

	const isGood = ({ expiresAt }: { expiresAt: string | null }) =>
		expiresAt === null || Date.parse(expiresAt) > now().getTime();

	async function whoHasToken(secret: string): Promise<Caller | null> {
		const digest = digestOf(secret);
		const find = (tokens: readonly KeptToken[] | undefined) =>
			tokens?.find(({ secretSha256 }) => secretSha256 === digest);
		const token =
			find((await accessFile.read()).value?.tokens) ??
			find((await accessFile.readNow()).value?.tokens);
		if (token === undefined || !isGood(token)) return null;
		noteUse(token);
		const { id, name } = token;
		return { kind: "token", id, name, scopes: new Set(token.scopes) };
	}

	function noteUse({ id, lastUsedAt }: KeptToken): void {
		const hour = new Date(Math.floor(now().getTime() / hourMs) * hourMs).toISOString();
		if (lastUsedAt === hour || used.get(id) === hour) return;
		used.set(id, hour);
		writing = writing.then(() =>
			accessFile
				.change((before) => ({
					...before,
					tokens: before.tokens.map((one) => (one.id === id ? { ...one, lastUsedAt: hour } : one)),
				}))
				.catch((error: unknown) => {
					log.warn({ error: String(error) }, "when a token was used could not be written down");
				}),
		);
	}
	const used = new Map<string, string>();

	async function whoHasSession(secret: string, from: From | null): Promise<Caller | null> {
		const session = await sessions.find(secret, from);
		// Whether its password still counts cannot be known.
		if (session?.by === "password" && (await damageNow()) !== null) return null;
		return session && callerOf(session);
	}

	async function damageNow(): Promise<string | null> {
		const { damage } = await accessFile.read();
		if (damage !== null && damage !== toldDamage) {
			log.error({ damage }, "access.json is damaged: nobody is let in but by the link");
		}
		toldDamage = damage;
		return damage;
	}

	/** One at a time: each takes 64 MiB. */
	function verify<T>(work: () => Promise<T>): Promise<T> {
		const result = verifying.then(work);
		verifying = result.catch(() => undefined);
		return result;
	}

	async function checkSignIn(given: { secret: string } | { password: string }) {
		if ("secret" in given) {
			if (isSameSecret(given.secret, linkSecret)) return "link";
			throw new OnwaxError("ERR_AUTH", "That link is not valid.", {
				hint: "Each start of `onwax serve` prints a new one.",
			});
		}
		const { value, damage } = await accessFile.readNow();
		if (value === null) {
			await damageNow();
			throw new OnwaxError("ERR_AUTH", `No password counts now: access.json is damaged.`, {
				hint: `Open the link that \`onwax serve\` prints; \`onwax token list\` says more. (${damage})`,
			});
		}
		const kept = value.password;
		if (kept !== null && (await verify(() => isPassword(given.password, kept)))) return "password";
		throw new OnwaxError("ERR_AUTH", "That is not the password.", {
			hint: "`onwax password set` sets another one.",
		});
	}

	await damageNow();
	return {
		linkSecret,
		async authenticate({ bearer, session, from }) {
			if (bearer !== null) return await whoHasToken(bearer);
			return session === null ? null : await whoHasSession(session, from ?? null);
		},
		async signIn(given, { sessionDays, from = null }) {
			const by = await checkSignIn(given);
			const expiresAt = new Date(now().getTime() + sessionDays * dayMs);
			const [secret, session] = await sessions.begin(by, from, expiresAt);
			return { session: secret, caller: callerOf(session), expiresAt };
		},
		async signOut(secret) {
			const digest = digestOf(secret);
			return (await sessions.end(({ secretSha256 }) => secretSha256 === digest)).length > 0;
		},
		sessions: () => sessions.list(),
		async revokeSession(id) {
			const [session] = await sessions.end((one) => one.id === id);
			if (session) return session;
			throw new OnwaxError("ERR_NOT_FOUND", `Nobody is signed in as ${JSON.stringify(id)}.`, {
				hint: "`onwax session list` shows who is.",
			});
		},
		revokeOtherSessions: (id) => sessions.end((one) => one.id !== id),
		async state() {
			const { value, damage } = await accessFile.readNow();
			if (value === null) return { hasPassword: false, tokens: 0, damage };
			const tokens = value.tokens.filter(isGood).length;
			return { hasPassword: value.password !== null, tokens, damage: null };
		},
		async tokens() {
			return (await whole()).tokens.map(withoutSecret);
		},
		async createToken({ name, scopes: wanted, expiresAt = null, by = null }) {
			checkTokenName(name);
			checkGrant(by, wanted);
			const secret = `onwax_${newSecret()}`;
			const token: KeptToken = {
				...{ id: newId(), name, scopes: scopes.filter((one) => wanted.includes(one)) },
				createdAt: now().toISOString(),
				expiresAt: expiresAt?.toISOString() ?? null,
				lastUsedAt: null,
				secretSha256: digestOf(secret),
			};
			if (token.scopes.length === 0) {
				throw new OnwaxError("ERR_USAGE", "A token without permissions is good for nothing.");
			}
			await accessFile.change((before) => {
				if (before.tokens.some((one) => one.name === name && isGood(one))) {
					throw new OnwaxError(
						"ERR_CONFLICT",
						`There is a token ${JSON.stringify(name)} already.`,
						{
							hint: "Choose another name, or revoke that one first.",
						},
					);
				}
				return { ...before, tokens: [...before.tokens, token] };
			});
			return { id: token.id, secret };
		},
		async revokeToken(reference) {
			let revoked: KeptToken | undefined;
			await accessFile.change((before) => {
				revoked = chooseToken(before.tokens, reference);
				return { ...before, tokens: before.tokens.filter((one) => one !== revoked) };
			});
			return withoutSecret(revoked as KeptToken);
		},
		async isPassword(password) {
			const kept = (await whole()).password;
			return kept !== null && (await verify(() => isPassword(password, kept)));
		},
		async setPassword(password, { session = null } = { session: null }) {
			if (password !== null) checkNewPassword(password);
			const hashed = password === null ? null : await verify(() => hashPassword(password, now()));
			await accessFile.change((before) => ({ ...before, password: hashed }));
			const keep = session === null ? null : digestOf(session);
			await sessions.end(({ by, secretSha256 }) => by === "password" && secretSha256 !== keep);
		},
		async close() {
			await verifying;
			await writing;
			await sessions.close();
		},
	};

	async function whole() {
		const { value, damage } = await accessFile.readNow();
		if (value !== null) return value;
		throw damaged(accessPath(folder), damage);
	}
}

function callerOf({ id, by }: Session): Caller {
	return {
		kind: "session",
		id,
		name: by === "link" ? "browser (link)" : "browser",
		scopes: allScopes,
	};
}

function withoutSecret({ secretSha256: _, ...token }: KeptToken): Token {
	return token;
}

/** Nobody hands on what is not theirs: a stolen token does not become more than it was. */
function checkGrant(by: Caller | null, wanted: readonly Scope[]): void {
	const missing = by === null ? [] : wanted.filter((one) => !by.scopes.has(one));
	if (missing.length === 0) return;
	throw new OnwaxError(
		"ERR_FORBIDDEN",
		`Who asks does not have the permission ${missing.join(", ")}, and cannot give it.`,
		{ hint: "Sign in as a person, or use `onwax token create`." },
	);
}

function checkTokenName(name: string): void {
	if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._@:/+-]{0,99}$/u.test(name)) return;
	throw new OnwaxError(
		"ERR_USAGE",
		"A token's name has letters, digits, spaces and . _ @ : / + -",
		{
			hint: "Name it after what uses it, such as phone or backup-script.",
		},
	);
}

function chooseToken(tokens: readonly KeptToken[], reference: string): KeptToken {
	const found =
		tokens.find(({ id }) => id === reference) ?? tokens.filter(({ name }) => name === reference);
	if (!Array.isArray(found)) return found;
	if (found.length === 1) return found[0] as KeptToken;
	if (found.length === 0) {
		throw new OnwaxError("ERR_NOT_FOUND", `There is no token ${JSON.stringify(reference)}.`, {
			hint: "`onwax token list` shows all.",
		});
	}
	throw new OnwaxError("ERR_AMBIGUOUS", `Several tokens are called ${JSON.stringify(reference)}.`, {
		hint: `Name one by its id: ${found.map(({ id }) => id).join(", ")}.`,
	});
}
