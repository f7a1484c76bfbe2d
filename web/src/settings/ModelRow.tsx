import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Model, ModelList, ModelPull } from "../../../src/server/contract/models.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ConfirmDialog } from "../design/Dialog.tsx";
import { formatSize } from "../design/format.ts";
import { Menu, type MenuEntry } from "../design/Menu.tsx";
import { Progress } from "../design/Meter.tsx";
import { Badge, State } from "../design/State.tsx";
import { showToast } from "../design/toast.ts";
import { WithCode } from "../design/WithCode.tsx";
import parts from "./parts.module.css";
import { tellFailure, useEngines, usePatchSettings } from "./settings-api.ts";

const stages = {
	downloading: "Downloading",
	verifying: "Comparing with its checksum",
	unpacking: "Unpacking",
	copying: "Copying",
} as const;

export function ModelRow({
	model,
	order,
	mayOrder,
}: {
	model: Model;
	order: readonly string[];
	mayOrder: boolean;
}) {
	const queries = useQueryClient();
	const [isRemoving, setRemoving] = useState(false);
	const patch = usePatchSettings();
	const known = (useEngines().data?.engines ?? []).filter(({ origin }) => origin === "declared");
	const { name, pull, installed, isUsable } = model;
	const address = `/api/v1/models/${encodeURIComponent(name)}`;
	const refresh = () => {
		for (const key of ["models", "engines", "status"]) {
			void queries.invalidateQueries({ queryKey: [key] });
		}
	};
	const fetching = useMutation({
		networkMode: "always",
		mutationFn: () => sendJson<ModelPull>("POST", `${address}/pull`),
		onSuccess: (begun) => {
			queries.setQueryData<ModelList>(["models"], (list) => ({
				models: (list?.models ?? []).map((one) =>
					one.name === name ? { ...one, pull: begun } : one,
				),
			}));
		},
		onError: tellFailure,
	});
	const remove = async () => {
		await sendJson("DELETE", `${address}${model.isKnown ? "" : "?force=1"}`);
		refresh();
	};
	const stop = async () => {
		try {
			await remove();
		} catch (error) {
			tellFailure(error);
		}
	};
	const chooseIt = async () => {
		const declared = known.find(({ type, model }) => type === "sherpa" && model === name)?.name;
		const engine = declared ?? freeName(name, known);
		try {
			await patch.mutateAsync({
				set: {
					...(declared === undefined && { [`engines.${engine}`]: { type: "sherpa", model: name } }),
					engine: [engine, ...order.filter((one) => one !== engine)],
				},
			});
			showToast({ text: `New recordings are written down with ${name}.` });
		} catch {
			// Told by usePatchSettings, in the service's words.
		}
	};
	const writesTexts = !model.family?.startsWith("speaker-");
	const isRunning = pull?.state === "running";
	const entries: MenuEntry<"use" | "remove">[] = [
		...(installed && isUsable && writesTexts && !model.isDefault && mayOrder
			? [{ id: "use" as const, label: "Write new texts with it", icon: "check" as const }]
			: []),
		{ id: "remove", label: installed ? "Remove it" : "Forget what has come", icon: "trash" },
	];
	return (
		<li className={parts.row}>
			<div className={parts.words}>
				<div className={parts.title}>
					<h3>{name}</h3>
					{model.isDefault && <Badge>writes new texts</Badge>}
				</div>
				{model.goodFor && <p>{capital(model.goodFor)}</p>}
				<p className={parts.soft}>{factsOf(model)}</p>
				{installed &&
					!isRunning &&
					(isUsable ? (
						<State tone="good">
							Here{model.installedBytes === null ? "" : `, ${formatSize(model.installedBytes)}`}
							{model.verified === "local" ? ", brought by somebody" : ""}
						</State>
					) : (
						<State tone="bad">Files of it are missing or damaged. Fetch it again.</State>
					))}
				{pull?.state === "failed" && (
					<State tone="bad">
						{pull.error?.message ?? "The download failed."}{" "}
						<WithCode>{pull.error?.hint ?? ""}</WithCode>
					</State>
				)}
			</div>
			<div className={parts.actions}>
				{isRunning ? (
					<Button icon="stop" onPress={() => void stop()}>
						Stop<span className="visually-hidden"> fetching {name}</span>
					</Button>
				) : (
					model.isKnown &&
					!(installed && isUsable) && (
						<Button icon="download" busy={fetching.isPending} onPress={() => fetching.mutate()}>
							{pull?.state === "failed" || model.begunBytes !== null ? "Go on" : "Fetch"}
							<span className="visually-hidden"> {name}</span>
						</Button>
					)
				)}
				{(installed || (model.begunBytes !== null && !isRunning)) && (
					<Menu
						label={`More about ${name}`}
						entries={entries}
						onAction={(id) => (id === "use" ? void chooseIt() : setRemoving(true))}
					/>
				)}
			</div>
			{isRunning && (
				<div className={parts.below}>
					<Progress
						label={pull.stage === null ? "Asking for it" : stages[pull.stage]}
						value={pull.doneBytes}
						max={pull.totalBytes}
						text={
							pull.totalBytes === null
								? formatSize(pull.doneBytes)
								: `${formatSize(pull.doneBytes)} of ${formatSize(pull.totalBytes)}`
						}
					/>
				</div>
			)}
			<ConfirmDialog
				title={`Remove ${name}?`}
				isOpen={isRemoving}
				onClose={() => setRemoving(false)}
				onConfirm={remove}
				confirm={`Remove ${name}`}
			>
				<p>
					{model.isKnown
						? "Texts that were written with it stay. It can be fetched again."
						: "Somebody brought it: it cannot be fetched again. Texts that were written with it stay."}
				</p>
			</ConfirmDialog>
		</li>
	);
}

/** For an engine that is to read this model; one that is declared is not to be lost by it. */
function freeName(model: string, known: readonly { name: string }[]): string {
	const name = model.replace(/[^\w-]/g, "-").slice(0, 50);
	let free = name;
	for (let number = 2; known.some((engine) => engine.name === free); number += 1) {
		free = `${name}-${number}`;
	}
	return free;
}

function factsOf({ languages, sizeBytes, licence, installed }: Model): string {
	const spoken = languages?.includes("mul")
		? "many languages"
		: languages && languages.length > 4
			? `${languages.length} languages`
			: languages?.map(languageName).join(", ");
	const size = !installed && sizeBytes !== null ? `${formatSize(sizeBytes)} to fetch` : null;
	return [spoken, size, licence && `Licence ${licence}`].filter(Boolean).join(" · ");
}

function languageName(tag: string): string {
	return new Intl.DisplayNames("en", { type: "language" }).of(tag) ?? tag;
}

function capital(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}
