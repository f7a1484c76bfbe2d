import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { LexiconTrial } from "../../../src/server/contract/lexicons.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { TextField } from "../design/TextField.tsx";
import { ChangedText } from "./ChangedText.tsx";
import { count } from "./count.ts";
import parts from "./parts.module.css";

/** What the saved lexicons make of a text that somebody types. */
export function LexiconTry() {
	const [text, setText] = useState("");
	const trial = useMutation({
		networkMode: "always",
		mutationFn: (given: string) =>
			sendJson<LexiconTrial>("POST", "/api/v1/lexicons/test", { text: given }),
	});
	const replaced = trial.data?.lexicons.filter(({ replacements }) => replacements > 0) ?? [];
	return (
		<Section title="Try them" lead="All saved lexicons, in their order. Nothing is changed.">
			<div className={parts.stack}>
				<TextField label="A text" lines={3} value={text} onChange={setText} />
				<div>
					<Button
						busy={trial.isPending}
						isDisabled={text.trim() === ""}
						onPress={() => trial.mutate(text)}
					>
						Correct it
					</Button>
				</div>
				<div className={parts.stack} aria-live="polite">
					{trial.error && <ErrorNotice error={trial.error} />}
					{trial.data && (
						<>
							<ChangedText before={trial.data.before} after={trial.data.after} />
							<p className={parts.soft}>
								{replaced.length === 0
									? "No rule holds here."
									: replaced
											.map(
												({ name, replacements }) =>
													`${name}: ${count(replacements, "replacement")}`,
											)
											.join(" · ")}
							</p>
						</>
					)}
				</div>
			</div>
		</Section>
	);
}
