import { type ReactNode, useId } from "react";
import styles from "./field.module.css";

/** `kind="switch"` for what is on or off at once; a checkbox for what is sent with a form. */
export function Checkbox({
	children,
	isSelected,
	onChange,
	kind = "checkbox",
	description,
	isDisabled = false,
}: {
	children: ReactNode;
	isSelected: boolean;
	onChange: (isSelected: boolean) => void;
	kind?: "checkbox" | "switch";
	description?: string;
	isDisabled?: boolean;
}) {
	const id = useId();
	return (
		<div className={styles.check}>
			<label className={styles.checkLabel}>
				<input
					type="checkbox"
					role={kind === "switch" ? "switch" : undefined}
					className={kind === "switch" ? styles.switch : styles.box}
					checked={isSelected}
					disabled={isDisabled}
					aria-describedby={description ? `${id}-more` : undefined}
					onChange={({ target }) => onChange(target.checked)}
				/>
				<span>{children}</span>
			</label>
			{description && (
				<p id={`${id}-more`} className={styles.description}>
					{description}
				</p>
			)}
		</div>
	);
}
