import { migrationsToOffer } from "../app/offered-migration.ts";
import type { Cli } from "./command.ts";
import { visible } from "./visible.ts";

/** An old dictation library is offered, never taken (D0.15). */
export async function offerMigration(cli: Cli, dataDir: string): Promise<string[]> {
	const paths = await migrationsToOffer(dataDir, cli.environment);
	for (const path of paths) {
		cli.output.note(
			`There are older recordings in ${visible(path)}: \`onwax migrate ${visible(path)}\` takes them over and changes nothing there.`,
		);
	}
	return paths;
}
