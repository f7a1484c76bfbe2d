import type { Environment } from "./engine-config.ts";

/** Telling wherever they stand in a name. TOKENIZERS_PARALLELISM is about words, not about secrets. */
const anywhere = /API_?KEY|TOKEN(?!IZ)|SECRET|PASSW(OR)?D|PASSPHRASE|CREDENTIAL|PRIVATE_?KEY/i;

/** Telling where they are a whole part of a name: KEYBOARD, PATH, XAUTHORITY and BYPASS stay. */
const wholeParts = new Set(
	"KEY KEYS PASS PASSWD PWD PAT AUTH CRED CREDS COOKIE COOKIES JWT BEARER SESSION".split(" "),
);

/** Where something is found, or which desktop this is: programs need them, and they open nothing. */
const harmless =
	/^(PWD|SSH_AUTH_SOCK|SESSION_MANAGER|DBUS_SESSION_BUS_\w+|TERM_SESSION_ID|DESKTOP_SESSION|(XDG|KDE)_SESSION_(ID|TYPE|CLASS|DESKTOP|PATH|UID|VERSION)|(GNOME|MATE)_DESKTOP_SESSION_ID)$/i;

/** Whether a variable of that name is likely to hold something that other programs must not see. */
export function looksSecret(name: string): boolean {
	if (harmless.test(name)) return false;
	if (anywhere.test(name)) return true;
	const parts = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").split(/[^A-Za-z0-9]+/);
	return parts.some((part) => wholeParts.has(part.toUpperCase().replace(/\d+$/, "")));
}

/**
 * The environment as another program may see it: without what looks secret, and without what the
 * configuration says is a key (`secretVariables`), save what it wants by name.
 */
export function withoutSecrets(
	environment: Environment,
	secretVariables: readonly string[],
	wanted: readonly string[],
): NodeJS.ProcessEnv {
	// Windows does not tell GROQ_KEY from groq_key.
	const known = new Set(secretVariables.map((name) => name.toUpperCase()));
	return Object.fromEntries(
		Object.entries(environment).filter(
			([name]) => wanted.includes(name) || !(known.has(name.toUpperCase()) || looksSecret(name)),
		),
	);
}
