import type { CatalogueModel } from "./catalogue.ts";

/** The last part of an address: `model.tar.bz2`. */
export function fileNameOf(address: string): string {
	return decodeURIComponent(new URL(address).pathname.split("/").pop() ?? "");
}

/**
 * Where to download from: the publisher's address, or the same file name under the mirror. Only what
 * is before the file name is replaced; what comes back has to have the same SHA-256 from anywhere.
 */
export function downloadAddress(
	{ address }: Pick<CatalogueModel, "address">,
	mirror: string | null,
): string {
	if (mirror === null) return address;
	return `${mirror.replace(/\/+$/, "")}/${encodeURIComponent(fileNameOf(address))}`;
}

/** What an address may be shown as: without what identifies somebody. */
export function shownAddress(address: string): string {
	const { protocol, host, pathname } = new URL(address);
	return `${protocol}//${host}${pathname}`;
}
