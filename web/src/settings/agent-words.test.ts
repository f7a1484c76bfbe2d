import assert from "node:assert/strict";
import { test } from "node:test";
import { agentWords } from "./agent-words.ts";

test("a session says which browser it is, also one that calls itself by others' names", () => {
	const webKit = "AppleWebKit/537.36 (KHTML, like Gecko)";
	const chrome = `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/140.0.0.0 Safari/537.36`;
	assert.equal(agentWords(chrome), "Chrome on Linux");
	assert.equal(agentWords(`${chrome} Edg/140.0`), "Edge on Linux");
	assert.equal(
		agentWords("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"),
		"Firefox on Android",
	);
	const iPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15";
	assert.equal(
		agentWords(`${iPhone} (KHTML, like Gecko) Version/18.0 Safari/604.1`),
		"Safari on iOS",
	);
	assert.equal(agentWords(null), "A browser");
	assert.equal(agentWords("something else"), "A browser");
});
