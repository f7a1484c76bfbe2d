/** `system` follows the device. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const place = "onwax.theme";

export function storedTheme(): Theme {
	const stored = readPlace();
	return themes.find((theme) => theme === stored) ?? "system";
}

/** Kept in this browser alone. */
export function setTheme(theme: Theme): void {
	try {
		localStorage.setItem(place, theme);
	} catch {
		// A browser that keeps nothing still shows it until the page is left.
	}
	applyTheme(theme);
}

export function applyTheme(theme: Theme): void {
	if (theme === "system") delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}

function readPlace(): string | null {
	try {
		return localStorage.getItem(place);
	} catch {
		return null;
	}
}
