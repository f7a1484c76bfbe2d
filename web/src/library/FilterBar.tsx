import { useQuery } from "@tanstack/react-query";
import { getJson } from "../api/client.ts";
import { Icon } from "../design/icons.tsx";
import { Select } from "../design/Select.tsx";
import styles from "./FilterBar.module.css";
import { type Filters, type Show, shows } from "./filters.ts";

const words: Record<Show, string> = {
	all: "All",
	text: "With text",
	waiting: "Waiting",
	failed: "Failed",
	archived: "Archived",
	trash: "Trash",
};

export function FilterBar({
	filters: { show, tags },
	onChange,
}: {
	filters: Filters;
	onChange: (change: Partial<Filters>) => void;
}) {
	const known = useQuery({
		queryKey: ["tags"],
		queryFn: ({ signal }) =>
			getJson<{ tags: { tag: string; recordings: number }[] }>("/api/v1/tags", signal),
		staleTime: 60_000,
	});
	const others = (known.data?.tags ?? []).filter(({ tag }) => !tags.includes(tag));
	return (
		<div className={styles.bar}>
			<fieldset className={styles.shows}>
				<legend className="visually-hidden">Which recordings are shown</legend>
				{shows.map((one) => (
					<label key={one} className={styles.show}>
						<input
							type="radio"
							name="show"
							value={one}
							checked={one === show}
							onChange={() => onChange({ show: one })}
						/>
						<span>{words[one]}</span>
					</label>
				))}
			</fieldset>
			{(others.length > 0 || tags.length > 0) && (
				<div className={styles.tags}>
					{tags.map((tag) => (
						<button
							key={tag}
							type="button"
							className={styles.tag}
							onClick={() => onChange({ tags: tags.filter((other) => other !== tag) })}
						>
							<span className="visually-hidden">Without the tag </span>
							{tag}
							<Icon name="close" size={14} />
						</button>
					))}
					{others.length > 0 && (
						<Select
							label="Only with the tag"
							hideLabel
							value=""
							options={[
								{ id: "", label: tags.length === 0 ? "Any tag" : "And tag …" },
								...others.map(({ tag, recordings }) => ({
									id: tag,
									label: `${tag} (${recordings})`,
								})),
							]}
							onChange={(tag) => {
								if (tag !== "") onChange({ tags: [...tags, tag] });
							}}
						/>
					)}
				</div>
			)}
		</div>
	);
}
