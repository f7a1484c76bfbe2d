/** The search field, wherever somebody wants to search from. */
let field: HTMLInputElement | null = null;
let isWanted = false;

export function holdSearchField(element: HTMLInputElement | null): void {
	field = element;
	if (field !== null && isWanted) wantSearch();
}

/** Puts the cursor into it, now or as soon as the library is shown. */
export function wantSearch(): void {
	isWanted = field === null;
	field?.focus();
	field?.select();
}
