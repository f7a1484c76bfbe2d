import { messageOf } from "../api/client.ts";
import { showToast } from "../design/toast.ts";

/** Does it, or says in words why not. @returns whether it was done */
export async function act(deed: () => Promise<unknown>): Promise<boolean> {
	try {
		await deed();
		return true;
	} catch (error) {
		showToast({ text: messageOf(error), tone: "bad" });
		return false;
	}
}
