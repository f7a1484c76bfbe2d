import { ButtonLink } from "../design/Button.tsx";
import { Page } from "../design/Page.tsx";

export function NotFoundPage() {
	return (
		<Page
			title="There is nothing here"
			lead="The address may be mistyped, or what stood here was deleted for good."
		>
			<p>
				<ButtonLink href="/" icon="library">
					To the library
				</ButtonLink>
			</p>
		</Page>
	);
}
