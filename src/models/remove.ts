import { exists } from "../durable/exists.ts";
import { removeFolder } from "../durable/remove-folder.ts";
import { dropDownload } from "./download-state.ts";
import { whileAlone, workplaceOf } from "./workplace.ts";

/**
 * Removes a model and what a pull of it left. From the first rename on it does not count any more, so
 * that a crash leaves a whole model or none. Its pin stays: what is pulled again has to be the same.
 */
export async function removeModel(modelsFolder: string, name: string): Promise<void> {
	await whileAlone(modelsFolder, name, async () => {
		const places = workplaceOf(modelsFolder, name);
		await dropDownload(places);
		if (await exists(places.target)) await removeFolder(places.target);
	});
}
