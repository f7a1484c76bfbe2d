/** Who is told what, with the key that signs it. */
export type WebhookTarget = {
	url: string;
	secret: string;
	/** Null: all of them. */
	events: readonly string[] | null;
	allowPrivate: boolean;
};
