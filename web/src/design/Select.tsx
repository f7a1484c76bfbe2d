import { useId } from "react";
import styles from "./field.module.css";
import { Icon } from "./icons.tsx";

/** The platform's own list: it works with every finger, key and screen reader. */
export function Select<Id extends string>({
	label,
	value,
	options,
	onChange,
	description,
	hideLabel = false,
	isDisabled = false,
}: {
	label: string;
	value: Id;
	options: readonly { id: Id; label: string; isDisabled?: boolean }[];
	onChange: (id: Id) => void;
	description?: string;
	hideLabel?: boolean;
	isDisabled?: boolean;
}) {
	const id = useId();
	return (
		<div className={styles.field}>
			<label htmlFor={id} className={hideLabel ? "visually-hidden" : styles.label}>
				{label}
			</label>
			<span className={styles.select}>
				<select
					id={id}
					className={styles.input}
					value={value}
					disabled={isDisabled}
					aria-describedby={description ? `${id}-more` : undefined}
					onChange={({ target }) => onChange(target.value as Id)}
				>
					{options.map((option) => (
						<option key={option.id} value={option.id} disabled={option.isDisabled}>
							{option.label}
						</option>
					))}
				</select>
				<Icon name="down" size={16} />
			</span>
			{description && (
				<p id={`${id}-more`} className={styles.description}>
					{description}
				</p>
			)}
		</div>
	);
}
