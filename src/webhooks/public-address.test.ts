import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isPublicAddress, lookupPublic, requirePublicHost } from "./public-address.ts";

const inside = [
	...[
		"127.0.0.1",
		"127.9.9.9",
		"0.0.0.0",
		"10.0.0.1",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.1.1",
	],
	...["169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255"],
	...["::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1"],
	...["::ffff:127.0.0.1", "::ffff:a00:1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1"],
	...["::7f00:1", "::a00:1", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "fec0::1", "4000::1"],
	...["168.63.129.16", "::ffff:168.63.129.16", "192.0.0.192", "100.100.100.200"],
];

test("no address inside a network is public, however it is written", () => {
	for (const address of inside) assert.equal(isPublicAddress(address), false, address);
	for (const address of ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"]) {
		assert.equal(isPublicAddress(address), true, address);
	}
});

test("an address in a URL is refused in every spelling that a URL allows", () => {
	const spellings = [
		...["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "[::1]"],
		...["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "169.254.169.254", "[fd00::1]", "0"],
		...["127.0.0.1.", "0x7f.1", "017700000001", "%31%32%37.0.0.1", "１２７.0.0.1", "[::127.0.0.1]"],
	];
	for (const host of spellings) {
		const refuse = () => requirePublicHost(new URL(`https://${host}/hook`));
		assert.throws(refuse, { code: "ERR_FORBIDDEN" }, host);
	}
	requirePublicHost(new URL("https://example.org/hook"));
});

test("10/8, 172.16/12, 192.168/16, 127/8 and 169.254/16 are refused as IPv4 and mapped into IPv6", () => {
	const octet = fc.integer({ min: 0, max: 255 });
	const networks: [number, fc.Arbitrary<number>][] = [
		[10, octet],
		[127, octet],
		[172, fc.integer({ min: 16, max: 31 })],
		[192, fc.constant(168)],
		[169, fc.constant(254)],
	];
	const address = fc
		.constantFrom(...networks)
		.chain(([first, second]) => fc.tuple(fc.constant(first), second, octet, octet))
		.map((parts) => parts.join("."));
	fc.assert(
		fc.property(address, (text) => !isPublicAddress(text) && !isPublicAddress(`::ffff:${text}`)),
	);
});

test("a name that leads to this machine is refused when it is looked up, not before", async () => {
	const error = await new Promise((done) => lookupPublic("localhost", {}, done));
	assert.equal((error as { code?: string }).code, "ERR_FORBIDDEN");
});
