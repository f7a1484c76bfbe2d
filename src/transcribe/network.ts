import { networkInterfaces } from "node:os";

export type NetworkAddresses = ReturnType<typeof networkInterfaces>;

/** Made by containers and virtual machines: they have an address where there is no network, too. */
const virtualName = /^(docker|veth|br-|virbr|vmnet|vboxnet|lxc|lxd|podman|cni|flannel)/;
/** Addresses that a machine gives itself where nobody else gave it one (RFC 3927, RFC 4291). */
const selfGiven = /^(169\.254\.|fe[89ab][0-9a-f]:)/i;

/**
 * Whether this machine is in a network, by its own addresses: nothing is sent. It says that there
 * is a network, not that a certain service can be reached over it.
 */
export function hasNetwork(interfaces: NetworkAddresses = networkInterfaces()): boolean {
	return Object.entries(interfaces).some(
		([name, addresses]) =>
			!virtualName.test(name) &&
			(addresses ?? []).some(({ internal, address }) => !internal && !selfGiven.test(address)),
	);
}
