import { type ReactNode, useState } from "react";
import { Button } from "../design/Button.tsx";

/** Says beside itself whether the text is in the clipboard, or has to be selected by hand. */
export function CopyButton({ text, children }: { text: string; children: ReactNode }) {
	const [state, setState] = useState<"idle" | "copied" | "failed">("idle");
	const copy = async () => {
		try {
			// Without https a browser has no clipboard for pages.
			await navigator.clipboard.writeText(text);
			setState("copied");
		} catch {
			setState("failed");
		}
	};
	return (
		<>
			<span role="status">{state === "failed" && "Select it and copy it by hand."}</span>
			<Button
				kind="primary"
				icon={state === "copied" ? "check" : "copy"}
				onPress={() => void copy()}
			>
				{state === "copied" ? "Copied" : children}
			</Button>
		</>
	);
}
