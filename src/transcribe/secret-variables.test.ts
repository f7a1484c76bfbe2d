import assert from "node:assert/strict";
import { test } from "node:test";
import { looksSecret, withoutSecrets } from "./secret-variables.ts";

const secret = [
	...["GROQ_KEY", "KEY", "KEY_OF_MINE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "SSH_KEYS"],
	...["OPENAI_API_KEY", "OPENAI_APIKEY", "groq_key", "groqKey", "SERVICE_KEY2", "PRIVATEKEY"],
	...["DB_PASS", "DB_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "GPG_PASSPHRASE", "PASS"],
	...["GITHUB_PAT", "GITHUB_TOKEN", "HF_TOKEN", "GHTOKEN", "AWS_SESSION_TOKEN", "MY_JWT"],
	...["BASIC_AUTH", "AUTH_HEADER", "NPM_CONFIG__AUTH", "COOKIE", "SITE_COOKIES", "BW_SESSION"],
	...["SESSION_ID", "XDG_SESSION_COOKIE", "GOOGLE_APPLICATION_CREDENTIALS", "CLOUD_CREDS"],
];

const open = [
	...["PATH", "PWD", "OLDPWD", "HOME", "LANG", "LC_ALL", "TMPDIR", "SHELL", "USER", "TERM"],
	...["KEYBOARD", "KEYBOARD_LAYOUT", "KEYMAP", "XKB_DEFAULT_LAYOUT", "MONKEY", "QT_IM_MODULE"],
	...["XAUTHORITY", "AUTHOR", "GIT_AUTHOR_NAME", "SSH_ASKPASS", "BYPASS", "COMPASS_FILE"],
	...["CUDA_PATH", "LD_LIBRARY_PATH", "PATTERN", "PYTHONPATH", "SSH_AUTH_SOCK"],
	...["XDG_SESSION_ID", "XDG_SESSION_TYPE", "DESKTOP_SESSION", "DBUS_SESSION_BUS_ADDRESS"],
	...["TOKENIZERS_PARALLELISM", "OMP_NUM_THREADS", "WHISPER_MODEL", "http_proxy", ""],
];

test("names that tell of a key, a password or a session look secret; paths and keyboards do not", () => {
	assert.deepEqual(
		secret.filter((name) => !looksSecret(name)),
		[],
	);
	assert.deepEqual(open.filter(looksSecret), []);
});

test("what the configuration calls a key is withheld whatever its name, save where it is wanted", () => {
	const environment = { PATH: "/bin", HARMLESS_NAME: "canary", Other_Name: "canary", DB_PASS: "x" };
	const seen = (wanted: string[]) =>
		Object.keys(withoutSecrets(environment, ["HARMLESS_NAME", "OTHER_NAME"], wanted));
	assert.deepEqual(seen([]), ["PATH"]);
	assert.deepEqual(seen(["HARMLESS_NAME", "DB_PASS"]), ["PATH", "HARMLESS_NAME", "DB_PASS"]);
});
