import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { program } from "./process.ts";

export type Serving = {
	url: string;
	/** Holds the secret that signs a browser in. */
	link: string;
	child: ChildProcess;
	/** Signed in by the link. */
	cookie: string;
	stop(): Promise<void>;
};

/** `onwax serve` as a process of its own, on any free port. */
export async function startServing(env: NodeJS.ProcessEnv, args: string[] = []): Promise<Serving> {
	const child = spawn(process.execPath, [program, "serve", "--port", "0", "--json", ...args], {
		env,
		stdio: ["ignore", "pipe", "inherit"],
	});
	const { url, link } = await new Promise<{ url: string; link: string }>((resolve, reject) => {
		child.on("exit", (status) => reject(new Error(`onwax serve ended with ${status}`)));
		createInterface({ input: child.stdout as NodeJS.ReadableStream }).once("line", (line) =>
			resolve(JSON.parse(line)),
		);
	});
	const signedIn = await fetch(`${url}/api/v1/session`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ secret: link.slice(link.indexOf("#") + 1) }),
	});
	const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
	return {
		...{ url, link, child, cookie },
		async stop() {
			const ended = new Promise((resolve) => child.once("exit", resolve));
			child.kill("SIGTERM");
			await ended;
		},
	};
}
