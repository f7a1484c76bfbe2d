import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaProps } from "react-aria-components/Button";
import { Link } from "wouter";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./icons.tsx";

type Kind = "primary" | "plain" | "quiet" | "danger";

export type ButtonProps = Pick<
	AriaProps,
	"onPress" | "isDisabled" | "type" | "autoFocus" | "aria-label" | "aria-describedby"
> & {
	/** One primary a page; `danger` only where something cannot be taken back. */
	kind?: Kind;
	icon?: IconName;
	/** The work goes on: it cannot be pressed again, and keeps its width. */
	busy?: boolean;
	children: ReactNode;
};

export function Button({ kind = "plain", icon, busy = false, children, ...props }: ButtonProps) {
	return (
		<AriaButton {...props} isPending={busy} className={`${styles.button} ${styles[kind]}`}>
			{busy ? <span className={styles.spinner} aria-hidden="true" /> : icon && <Icon name={icon} />}
			<span>{children}</span>
		</AriaButton>
	);
}

/** Looks like a button, goes to another page. */
export function ButtonLink({
	href,
	kind = "plain",
	icon,
	children,
}: {
	href: string;
	kind?: Kind;
	icon?: IconName;
	children: ReactNode;
}) {
	return (
		<Link href={href} className={`${styles.button} ${styles[kind]}`}>
			{icon && <Icon name={icon} />}
			<span>{children}</span>
		</Link>
	);
}

export type IconButtonProps = Pick<AriaProps, "onPress" | "isDisabled" | "autoFocus"> & {
	/** Its name, and what a pointer that rests on it is told. */
	label: string;
	icon: IconName;
	/** For what is on or off. */
	isPressed?: boolean;
};

export function IconButton({ label, icon, isPressed, ...props }: IconButtonProps) {
	return (
		<span title={label} className={styles.titled}>
			<AriaButton
				{...props}
				aria-label={label}
				aria-pressed={isPressed}
				className={`${styles.button} ${styles.icon} ${isPressed ? styles.on : ""}`}
			>
				<Icon name={icon} />
			</AriaButton>
		</span>
	);
}
