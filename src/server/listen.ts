import type { AddressInfo } from "node:net";
import { OnwaxError, systemErrorCode } from "../errors.ts";
import type { Server } from "./context.ts";

/** @returns the address as a browser takes it, without a slash at its end */
export async function listen(server: Server, host: string, port: number): Promise<string> {
	try {
		await server.listen({ host, port });
	} catch (error) {
		const code = systemErrorCode(error);
		if (code === "EADDRINUSE") {
			throw new OnwaxError("ERR_CONFLICT", `Port ${port} is in use by another program.`, {
				hint: "Is Onwax running already? Else choose another port: `onwax serve --port 1878`.",
				cause: error,
			});
		}
		if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
			throw new OnwaxError("ERR_USAGE", `${host} is no address of this computer.`, {
				hint: "`--host 127.0.0.1` for this computer alone, `--host 0.0.0.0` for the network.",
				cause: error,
			});
		}
		if (code === "EACCES") {
			throw new OnwaxError("ERR_PERMISSION", `Port ${port} needs more rights than you have.`, {
				hint: "Choose one above 1023.",
				cause: error,
			});
		}
		throw error;
	}
	const address = server.server.address() as AddressInfo;
	const isAny = address.address === "0.0.0.0" || address.address === "::";
	const literal = address.family === "IPv6" ? `[${address.address}]` : address.address;
	// All addresses are none that a browser could open.
	const shown = isAny ? "localhost" : literal;
	return `http://${shown}:${address.port}`;
}
