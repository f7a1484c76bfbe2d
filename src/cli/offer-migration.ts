import type { App } from "../app/open-app.ts";
import type { Cli } from "./command.ts";

/** An old dictation library is offered, never taken (D0.15). */
export async function offerMigration(_cli: Cli, _app: App): Promise<void> {}
