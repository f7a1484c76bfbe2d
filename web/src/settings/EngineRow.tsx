import { useMutation } from "@tanstack/react-query";
import type { Engine, EngineTrial } from "../../../src/server/contract/engines.ts";
import { sendJson } from "../api/client.ts";
import { Button } from "../design/Button.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatTime } from "../design/format.ts";
import { Menu, type MenuEntry } from "../design/Menu.tsx";
import { Badge, State } from "../design/State.tsx";
import { WithCode } from "../design/WithCode.tsx";
import parts from "./parts.module.css";

type Move = "first" | "earlier" | "later" | "last" | "out";

export function EngineRow({
	engine,
	order,
	onOrder,
}: {
	engine: Engine;
	/** The names that are asked now, in order. */
	order: readonly string[];
	/** Null: the order cannot be changed here. */
	onOrder: ((next: string[]) => void) | null;
}) {
	const { name, type, model, place, why, conditions, leftOut, breaker, check } = engine;
	const trial = useMutation({
		networkMode: "always",
		mutationFn: () =>
			sendJson<EngineTrial>("POST", `/api/v1/engines/${encodeURIComponent(name)}/test`),
	});
	const entries = movesOf(order, name);
	return (
		<li className={parts.row}>
			<div className={parts.words}>
				<div className={parts.title}>
					<h3>
						{place !== null && order.length > 1 ? `${place}. ` : ""}
						{name}
					</h3>
					{engine.chosenNow && <Badge>asked first now</Badge>}
				</div>
				<p className={parts.soft}>
					{[type, model !== name && model, why, conditions].filter(Boolean).join(" · ")}
				</p>
				{check.ok ? (
					<State tone="good">{check.message}</State>
				) : (
					<State tone="bad">
						{check.message} <WithCode>{check.hint ?? ""}</WithCode>
					</State>
				)}
				{leftOut && <State tone="warn">Left out now: {leftOut}</State>}
				{breaker.state !== "closed" && (
					<State tone="warn">
						{breaker.state === "trying"
							? "It failed; the next recording shows whether it is back."
							: `It failed ${breaker.failures} times and is left alone${
									breaker.until ? ` until ${formatTime(breaker.until)}` : ""
								}.`}{" "}
						{breaker.lastFailure?.message}
					</State>
				)}
			</div>
			<div className={parts.actions}>
				<Button icon="play" busy={trial.isPending} onPress={() => trial.mutate()}>
					Test<span className="visually-hidden"> {name}</span>
				</Button>
				{onOrder && entries.length > 0 && (
					<Menu
						label={`When ${name} is asked`}
						entries={entries}
						onAction={(move) => onOrder(moved(order, name, move))}
					/>
				)}
			</div>
			<div className={parts.below} aria-live="polite">
				{trial.isPending && <p className={parts.soft}>Listening to a spoken sample.</p>}
				{trial.error && <ErrorNotice error={trial.error} safe="No recording was touched." />}
				{trial.data && <Heard trial={trial.data} />}
			</div>
		</li>
	);
}

function Heard({ trial: { said, heard, latencySeconds } }: { trial: EngineTrial }) {
	return (
		<div className={parts.stack}>
			<p className={parts.quote}>{heard || "It heard nothing."}</p>
			<p className={parts.soft}>
				It took {latencySeconds.toFixed(1)} s. What was said: “{said}”
			</p>
		</div>
	);
}

function movesOf(order: readonly string[], name: string): MenuEntry<Move>[] {
	const at = order.indexOf(name);
	const entries: MenuEntry<Move>[] = [];
	if (at !== 0) entries.push({ id: "first", label: "Ask it first" });
	if (at === -1 && order.length > 0) entries.push({ id: "last", label: "Ask it last" });
	if (at > 1) entries.push({ id: "earlier", label: "Ask it earlier" });
	if (at !== -1 && at < order.length - 1) entries.push({ id: "later", label: "Ask it later" });
	if (at !== -1 && order.length > 1) entries.push({ id: "out", label: "Ask it only by name" });
	return entries;
}

function moved(order: readonly string[], name: string, move: Move): string[] {
	const at = order.indexOf(name);
	const rest = order.filter((one) => one !== name);
	if (move === "out") return rest;
	const next = { first: 0, earlier: at - 1, later: at + 1, last: rest.length }[move];
	return rest.toSpliced(next, 0, name);
}
