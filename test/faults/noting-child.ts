import { openAudit } from "../../src/audit/audit.ts";
import { silentLogger } from "../../src/logger.ts";

/** Notes on and on; prints the name of each entry once it counts. */
const [folder = "", name = ""] = process.argv.slice(2);
const audit = openAudit({ folder, log: silentLogger });
for (let number = 0; ; number += 1) {
	const recording = `${name}-${number}`;
	await audit.note({
		caller: null,
		action: "upload",
		recording,
		detail: { pad: "x".repeat(3000) },
	});
	process.stdout.write(`${recording}\n`);
}
