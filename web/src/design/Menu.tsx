import type { ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger } from "react-aria-components/Menu";
import { Popover } from "react-aria-components/Popover";
import { Button, IconButton } from "./Button.tsx";
import { Icon, type IconName } from "./icons.tsx";
import styles from "./Menu.module.css";

export type MenuEntry<Id extends string> = {
	id: Id;
	label: string;
	icon?: IconName;
	/** A second, quieter line. */
	description?: string;
	isDanger?: boolean;
	isDisabled?: boolean;
};

/** A button that opens a list of things to do. With `children` a button with words, without one with an icon. */
export function Menu<Id extends string>({
	label,
	icon = "more",
	entries,
	onAction,
	children,
	isDisabled = false,
}: {
	label: string;
	icon?: IconName;
	entries: readonly MenuEntry<Id>[];
	onAction: (id: Id) => void;
	children?: ReactNode;
	isDisabled?: boolean;
}) {
	return (
		<MenuTrigger>
			{children ? (
				<Button icon={icon} aria-label={label} isDisabled={isDisabled}>
					{children}
				</Button>
			) : (
				<IconButton label={label} icon={icon} isDisabled={isDisabled} />
			)}
			<Popover className={styles.popover ?? ""} placement="bottom end">
				<AriaMenu
					aria-label={label}
					className={styles.menu ?? ""}
					onAction={(key) => onAction(key as Id)}
				>
					{entries.map(
						({ id, label: name, icon: sign, description, isDanger, isDisabled: off }) => (
							<MenuItem
								key={id}
								id={id}
								textValue={name}
								isDisabled={off ?? false}
								className={`${styles.item} ${isDanger ? styles.danger : ""}`}
							>
								{sign && <Icon name={sign} />}
								<span>
									{name}
									{description && <span className={styles.description}>{description}</span>}
								</span>
							</MenuItem>
						),
					)}
				</AriaMenu>
			</Popover>
		</MenuTrigger>
	);
}
