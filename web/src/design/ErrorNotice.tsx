import { ApiError, messageOf } from "../api/client.ts";
import { Button } from "./Button.tsx";
import styles from "./ErrorNotice.module.css";
import { Icon } from "./icons.tsx";
import { WithCode } from "./WithCode.tsx";

/** What happened, what is safe nevertheless, and what to do. */
export function ErrorNotice({
	error,
	safe,
	onRetry,
	retryLabel = "Try again",
}: {
	/** Anything that was thrown; an ApiError brings its hint. */
	error: unknown;
	/** `Your recordings are not touched by this.` */
	safe?: string;
	onRetry?: () => void;
	retryLabel?: string;
}) {
	const known = error instanceof ApiError ? error : null;
	return (
		<div className={styles.notice} role="alert">
			<Icon name="failed" />
			<div className={styles.words}>
				<p className={styles.title}>{messageOf(error)}</p>
				{safe && <p>{safe}</p>}
				{known?.hint && (
					<p>
						<WithCode>{known.hint}</WithCode>
					</p>
				)}
				{known?.requestId && <p className={styles.id}>In the log: {known.requestId}</p>}
			</div>
			{onRetry && (
				<Button icon="retry" onPress={onRetry}>
					{retryLabel}
				</Button>
			)}
		</div>
	);
}
