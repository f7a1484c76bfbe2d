import { type ReactNode, useState } from "react";
import { Dialog as AriaDialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal, ModalOverlay } from "react-aria-components/Modal";
import { Button, IconButton } from "./Button.tsx";
import styles from "./Dialog.module.css";
import { ErrorNotice } from "./ErrorNotice.tsx";

/** Escape, and a click beside it, close it; the focus goes back to where it was. */
export function Dialog({
	title,
	isOpen,
	onClose,
	children,
	actions,
	isWide = false,
}: {
	title: string;
	isOpen: boolean;
	onClose: () => void;
	children: ReactNode;
	/** Buttons, the one that does it last. */
	actions?: ReactNode;
	isWide?: boolean;
}) {
	return (
		<ModalOverlay
			isOpen={isOpen}
			onOpenChange={(open) => {
				if (!open) onClose();
			}}
			isDismissable
			className={styles.overlay ?? ""}
		>
			<Modal className={`${styles.modal} ${isWide ? styles.wide : ""}`}>
				<AriaDialog className={styles.dialog ?? ""}>
					<header className={styles.header}>
						<Heading slot="title" level={2} className={styles.title ?? ""}>
							{title}
						</Heading>
						<IconButton label="Close" icon="close" onPress={onClose} />
					</header>
					<div className={styles.body}>{children}</div>
					{actions && <footer className={styles.actions}>{actions}</footer>}
				</AriaDialog>
			</Modal>
		</ModalOverlay>
	);
}

/** Only for what cannot be taken back; everything else is done at once and has an undo. */
export function ConfirmDialog({
	title,
	isOpen,
	onClose,
	onConfirm,
	confirm,
	isDanger = true,
	children,
}: {
	title: string;
	isOpen: boolean;
	onClose: () => void;
	/** Closes when it is done; when it throws, the dialog stays and says why. */
	onConfirm: () => void | Promise<void>;
	/** The verb and what it acts on: `Delete 3 recordings for good`. */
	confirm: string;
	isDanger?: boolean;
	/** What will be so afterwards. */
	children: ReactNode;
}) {
	const [busy, setBusy] = useState(false);
	const [error, setError] = useState<unknown>(null);
	const close = () => {
		setError(null);
		onClose();
	};
	const act = async () => {
		setBusy(true);
		try {
			await onConfirm();
			close();
		} catch (thrown) {
			setError(thrown);
		} finally {
			setBusy(false);
		}
	};
	return (
		<Dialog
			title={title}
			isOpen={isOpen}
			onClose={close}
			actions={
				<>
					<Button onPress={close} autoFocus>
						Cancel
					</Button>
					<Button kind={isDanger ? "danger" : "primary"} busy={busy} onPress={act}>
						{confirm}
					</Button>
				</>
			}
		>
			{children}
			{error !== null && <ErrorNotice error={error} />}
		</Dialog>
	);
}
