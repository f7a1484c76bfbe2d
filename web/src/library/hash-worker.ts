import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

/** Takes a File, answers its SHA-256 in hex, or an error's words. */
self.onmessage = async ({ data }: MessageEvent<File>) => {
	try {
		const hash = sha256.create();
		const reader = data.stream().getReader();
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			hash.update(part.value);
		}
		self.postMessage({ sha256: bytesToHex(hash.digest()) });
	} catch (error) {
		self.postMessage({ error: String(error) });
	}
};
