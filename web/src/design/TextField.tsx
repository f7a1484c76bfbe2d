import { useId } from "react";
import styles from "./field.module.css";

export type TextFieldProps = {
	label: string;
	value: string;
	onChange: (value: string) => void;
	/** Below the field, always there. */
	description?: string;
	/** What is wrong with what stands in it, and what would be right. */
	error?: string | null;
	/** The name is for screen readers alone, where the place makes it plain to those who see. */
	hideLabel?: boolean;
	type?: "text" | "password" | "search" | "number" | "url";
	/** More than one: a field of that many lines. */
	lines?: number;
	placeholder?: string;
	autoComplete?: string;
	autoFocus?: boolean;
	isDisabled?: boolean;
	isRequired?: boolean;
	/** For keys, paths and whatever is read letter by letter. */
	mono?: boolean;
	/** On Enter in a field of one line. */
	onSubmit?: () => void;
};

export function TextField(props: TextFieldProps) {
	const id = useId();
	const { label, value, onChange, description, error, lines = 1, onSubmit } = props;
	const shared = {
		id,
		value,
		placeholder: props.placeholder,
		autoComplete: props.autoComplete ?? "off",
		autoFocus: props.autoFocus,
		disabled: props.isDisabled,
		required: props.isRequired,
		className: `${styles.input} ${props.mono ? styles.mono : ""}`,
		"aria-invalid": error ? true : undefined,
		"aria-describedby":
			[error && `${id}-error`, description && `${id}-more`].filter(Boolean).join(" ") || undefined,
	};
	return (
		<div className={styles.field}>
			<label htmlFor={id} className={props.hideLabel ? "visually-hidden" : styles.label}>
				{label}
			</label>
			{lines > 1 ? (
				<textarea {...shared} rows={lines} onChange={({ target }) => onChange(target.value)} />
			) : (
				<input
					{...shared}
					type={props.type ?? "text"}
					onChange={({ target }) => onChange(target.value)}
					onKeyDown={(event) => {
						if (event.key !== "Enter" || !onSubmit || event.nativeEvent.isComposing) return;
						event.preventDefault();
						onSubmit();
					}}
				/>
			)}
			{error && (
				<p id={`${id}-error`} className={styles.error} role="alert">
					{error}
				</p>
			)}
			{description && (
				<p id={`${id}-more`} className={styles.description}>
					{description}
				</p>
			)}
		</div>
	);
}
