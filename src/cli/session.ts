import type { App, AppOptions } from "../app/open-app.ts";
import { type Reading, whileReading } from "../app/open-for-reading.ts";
import type { Config } from "../config/defaults.ts";
import { loadConfig } from "../config.ts";
import type { HealReport } from "../library/heal.ts";
import { openLog } from "../log.ts";
import type { Cli } from "./command.ts";
import { count } from "./size.ts";
import { visible } from "./visible.ts";

/**
 * Opens the library for work that changes it; it is closed however the work ends. `healed` is what
 * had to be put in order while it was opened, which was told already.
 */
export async function withApp<T>(
	cli: Cli,
	work: (app: App, healed: HealReport[]) => Promise<T>,
	opening: Pick<AppOptions, "checkCatalogue" | "writer" | "healing"> = {},
): Promise<T> {
	const { options, healed, close } = await appOptions(cli);
	try {
		const { healAfterCrash, whileOpen } = await import("../app/open-app.ts");
		return await whileOpen({ ...options, ...opening }, async (app) => {
			const result = await work(app, healed);
			if (opening.healing === "later") await healAfterCrash(app, options.notices);
			return result;
		});
	} finally {
		close();
	}
}

/** Opens the library to read in it; null where there is none yet. */
export async function withReading<T>(
	cli: Cli,
	work: (reading: Reading | null, config: Config) => Promise<T>,
): Promise<T> {
	const { options, close } = await appOptions(cli);
	try {
		return await whileReading(options, (reading) => work(reading, options.config));
	} finally {
		close();
	}
}

async function appOptions(
	cli: Cli,
): Promise<{ options: AppOptions; healed: HealReport[]; close: () => void }> {
	const { environment, appVersion, output } = cli;
	const { config } = await loadConfig({ env: environment });
	const log = openLog({ dataDir: config.dataDir, ...config.log });
	const healedReports: HealReport[] = [];
	const notices: AppOptions["notices"] = {
		onRebuild: (why) => output.note(`${why}; it is built anew from the folders.`),
		onRebuildProgress: (done, total) => output.progress(`${done} of ${total} recordings read`),
		onRebuilt: ({ indexed, problems }) => {
			output.note(`${count(indexed, "recording")} indexed.`);
			for (const { name, message } of problems) output.note(`${name}: ${visible(message)}`);
		},
		onHealed: (report) => {
			healedReports.push(report);
			const { recovered, healed, problems } = report;
			if (recovered.length > 0) {
				output.note(`After a crash: ${count(recovered.length, "recording")} recovered.`);
			}
			const others = healed.filter(({ name }) => !recovered.includes(name));
			if (others.length > 0) {
				output.note(`After a crash: ${count(others.length, "recording")} brought into order.`);
			}
			for (const { name, message } of problems) output.note(`${name}: ${visible(message)}`);
		},
	};
	const options = { config, appVersion, log, environment, notices };
	return { options, healed: healedReports, close: log.close };
}
