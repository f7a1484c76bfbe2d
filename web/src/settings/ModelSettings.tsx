import { Disclosure } from "../design/Disclosure.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Section } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { ModelRow } from "./ModelRow.tsx";
import parts from "./parts.module.css";
import { useModels } from "./settings-api.ts";

/** Models that are here, those that can be fetched, and how far those are that are on their way. */
export function ModelSettings({
	order,
	mayOrder,
}: {
	/** The engines that are asked now. */
	order: readonly string[];
	mayOrder: boolean;
}) {
	const { data, error, refetch } = useModels();
	const models = data?.models ?? [];
	const isNear = (model: (typeof models)[number]) =>
		model.installed || model.pull !== null || model.begunBytes !== null;
	const here = models.filter(isNear);
	const more = models.filter((model) => !isNear(model));
	const row = (model: (typeof models)[number]) => (
		<ModelRow key={model.name} model={model} order={order} mayOrder={mayOrder} />
	);
	return (
		<Section
			title="Models"
			lead="They run on this machine. Each download is compared with a checksum before it is used."
		>
			{error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
			{data === undefined && !error && <Skeleton lines={4} />}
			{here.length > 0 && <ul className={parts.rows}>{here.map(row)}</ul>}
			{more.length > 0 && (
				<Disclosure
					summary={`${more.length} models that can be fetched`}
					isOpen={here.length === 0}
					key={here.length === 0 ? "all" : "more"}
				>
					<ul className={parts.rows}>{more.map(row)}</ul>
				</Disclosure>
			)}
		</Section>
	);
}
