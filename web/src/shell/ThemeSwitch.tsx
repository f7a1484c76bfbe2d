import { useState } from "react";
import { IconButton } from "../design/Button.tsx";
import { setTheme, storedTheme, type Theme, themes } from "./theme.ts";

const shown = {
	system: { icon: "screen", words: "as this device" },
	light: { icon: "sun", words: "light" },
	dark: { icon: "moon", words: "dark" },
} as const;

export function ThemeSwitch() {
	const [theme, change] = useState(storedTheme);
	const next = themes[(themes.indexOf(theme) + 1) % themes.length] as Theme;
	return (
		<IconButton
			icon={shown[theme].icon}
			label={`Appearance: ${shown[theme].words}. Change to ${shown[next].words}`}
			onPress={() => {
				setTheme(next);
				change(next);
			}}
		/>
	);
}
