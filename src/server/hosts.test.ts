import assert from "node:assert/strict";
import { test } from "node:test";
import { isAllowedHost } from "./hosts.ts";

test("which names the service answers to, on this computer alone and on a network", () => {
	const names = ["127.0.0.1", "Notes.Example.org:8443", "[2001:db8::1]"];
	const home = { boundAddress: "127.0.0.1", names };
	const network = { boundAddress: "0.0.0.0", names };
	const table: [given: string, home: boolean, network: boolean][] = [
		["localhost", true, true],
		["LOCALHOST:1877", true, true],
		["localhost.", true, true],
		["127.0.0.1:1877", true, true],
		["127.8.9.10", true, true],
		["[::1]:1877", true, true],
		["[::ffff:127.0.0.1]", true, true],
		["notes.example.org", true, true],
		["notes.example.org:1", true, true],
		["[2001:db8::1]:1877", true, true],
		["192.0.2.7:1877", false, true],
		["[fe80::1]", false, true],
		["0.0.0.0", false, true],
		["evil.example", false, false],
		["localhost.evil.example", false, false],
		["notes.example.org.evil.example", false, false],
		["127.0.0.1.evil.example", false, false],
		["127.1", false, false],
		["2130706433", false, false],
		["0x7f.0.0.1", false, false],
		["", false, false],
		[":1877", false, false],
		["localhost:", false, false],
		["localhost:port", false, false],
		["localhost@evil.example", false, false],
		["localhost/evil.example", false, false],
		["localhost evil.example", false, false],
		["localhost, evil.example", false, false],
		["[localhost]", false, false],
		["[::1", false, false],
		["::1", true, true],
	];
	for (const [given, atHome, inNetwork] of table) {
		assert.equal(isAllowedHost(given, home), atHome, `${given} at home`);
		assert.equal(isAllowedHost(given, network), inNetwork, `${given} in a network`);
	}
});
