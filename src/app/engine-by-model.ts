import { listModels } from "../speech/model-folder.ts";
import type { App } from "./open-app.ts";

/** Every name by which a program may ask for an engine: engines, then models that lie here. */
export async function askableNames({ config, engines, library }: App): Promise<string[]> {
	const { names } = await engines.describeOrder();
	const models = (await listModels(library.layout.models)).map(({ name }) => name);
	return [...new Set([...names, ...Object.keys(config.engines), ...models])];
}

/**
 * The engine that a program means by the name of a model: an engine's own name, the model of one, or
 * a model that lies here. Null is the default, also for a name that nobody has: programs send the
 * names of models of other services, and their audio is to become text all the same.
 */
export async function engineByModel(app: App, model: string): Promise<string | null> {
	const names = await askableNames(app);
	if (names.includes(model)) return model;
	const { names: order } = await app.engines.describeOrder();
	for (const name of names) {
		const engine = await app.engines.engineFor(name).catch(() => null);
		// The first choice with all that stands in for it, where it is the one that is meant.
		if (engine?.model === model) return name === order[0] ? null : name;
	}
	return null;
}
