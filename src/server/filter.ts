import type { Filter } from "../catalogue/catalogue.ts";
import type { State, Status } from "../recording.ts";

export type AskedFilter = {
	state?: State | undefined;
	status?: Status | undefined;
	tag?: string | string[] | undefined;
};

/** What an address asks for, as the catalogue takes it. */
export function filterOf({ state, status, tag }: AskedFilter): Filter {
	const tags = tag === undefined ? [] : [tag].flat();
	return { state, status, tags: tags.map(asStored) };
}

function asStored(tag: string): string {
	return tag.normalize("NFC").toLowerCase();
}
