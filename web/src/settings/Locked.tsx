import type { Setting } from "../../../src/server/contract/settings.ts";
import { State } from "../design/State.tsx";
import { lockWords } from "./settings-api.ts";

/** Says why a setting cannot be changed here; nothing where it can. */
export function Locked({ setting }: { setting: Setting | undefined }) {
	const words = lockWords(setting);
	if (words === null) return null;
	return (
		<State tone="neutral" icon="settings">
			Not changed here. {words}
		</State>
	);
}
