import { fileURLToPath } from "node:url";

/** A few seconds of synthetic speech that come with the program (samples/README.md). */
export const sample = {
	path: fileURLToPath(new URL("../../samples/hello.wav", import.meta.url)),
	said: "Ask what your country can do for you.",
	durationSeconds: 2.6,
} as const;
