import type { VirtualItem } from "@tanstack/react-virtual";

/** Where somebody was in a list: who comes back from a recording finds the row that it was opened from. */
export type Place = { scrollY: number; measurements: VirtualItem[] };

const places = new Map<string, Place>();

export function rememberPlace(of: string, place: Place): void {
	places.set(of, place);
}

export function rememberedPlace(of: string): Place | undefined {
	return places.get(of);
}
