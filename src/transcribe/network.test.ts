import assert from "node:assert/strict";
import { test } from "node:test";
import { hasNetwork, type NetworkAddresses } from "./network.ts";

function machine(addresses: Record<string, [address: string, internal: boolean][]>) {
	return Object.fromEntries(
		Object.entries(addresses).map(([name, list]) => [
			name,
			list.map(([address, internal]) => ({ address, internal })),
		]),
	) as NetworkAddresses;
}

const cases: [string, NetworkAddresses, boolean][] = [
	["no interface at all", {}, false],
	[
		"the loopback alone",
		machine({
			lo: [
				["127.0.0.1", true],
				["::1", true],
			],
		}),
		false,
	],
	["an address from a router", machine({ wlan0: [["192.168.1.5", false]] }), true],
	["a public address", machine({ en0: [["2001:db8::5", false]] }), true],
	["an address of its own making", machine({ eth0: [["169.254.9.9", false]] }), false],
	["a link-local address", machine({ en0: [["fe80::1ff:fe23", false]] }), false],
	["containers only", machine({ docker0: [["172.17.0.1", false]] }), false],
	["inside of a container", machine({ eth0: [["172.17.0.2", false]] }), true],
];

for (const [what, interfaces, expected] of cases) {
	test(`${what}: ${expected ? "a network" : "no network"}`, () => {
		assert.equal(hasNetwork(interfaces), expected);
	});
}

test("this machine can be looked at", () => {
	assert.equal(typeof hasNetwork(), "boolean");
});
