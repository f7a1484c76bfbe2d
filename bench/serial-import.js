// The peer: the least that a safe import can do in Node, one file after the other.
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";

const [source, target] = process.argv.slice(2);
await mkdir(target, { recursive: true });
for (const file of await readdir(source)) {
	const content = await readFile(`${source}/${file}`);
	createHash("sha256").update(content).digest("hex");
	const handle = await open(`${target}/.${file}`, "wx");
	await handle.write(content);
	await handle.sync();
	await handle.close();
	await rename(`${target}/.${file}`, `${target}/${file}`);
}
