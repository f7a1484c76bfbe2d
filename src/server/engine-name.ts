import { noEngine } from "../app/engines.ts";
import type { App } from "../app/open-app.ts";

/** @throws ERR_NO_ENGINE where none is named and there is none */
export async function engineName(app: App, wanted: string | undefined): Promise<string> {
	if (wanted !== undefined) return wanted;
	const byDefault = await app.engines.describeDefault();
	if (byDefault === null) throw noEngine();
	return byDefault.name;
}
