import { extname } from "node:path";

/** A file beside the one that asks, run as it is (`.ts`) or compiled (`.js`). */
export function siblingUrl(name: string, askerUrl: string): URL {
	return new URL(`./${name}${extname(new URL(askerUrl).pathname)}`, askerUrl);
}
