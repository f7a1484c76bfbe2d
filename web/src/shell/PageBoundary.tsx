import { Component, type ReactNode, useState } from "react";
import { ApiError, messageOf, unreachable } from "../api/client.ts";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { Page } from "../design/Page.tsx";

/**
 * Keeps one page's failure from taking everything else away: a part of the program that cannot be loaded
 * (the service is away, or a newer one has taken its place), or a mistake of ours. Another `path` is
 * another chance. `isQuiet`: what can be done without. A class, since React has no other way.
 */
export class PageBoundary extends Component<
	{ path: string; isQuiet?: boolean; children: ReactNode },
	{ error: unknown; path: string }
> {
	override state = { error: null, path: this.props.path };

	static getDerivedStateFromError(error: unknown) {
		return { error };
	}

	static getDerivedStateFromProps({ path }: { path: string }, state: { path: string }) {
		return path === state.path ? null : { path, error: null };
	}

	override render() {
		const { error } = this.state;
		if (error === null) return this.props.children;
		return this.props.isQuiet ? null : <Failed error={error} />;
	}
}

/** As the browsers and the bundler say that a part of the program did not come. */
const notLoaded = /preload|dynamically imported|import(ing)? a module|module script/i;

function Failed({ error }: { error: unknown }) {
	const isPart = notLoaded.test(messageOf(error));
	const words = "A part of it did not come: Onwax is away, or a newer one has taken its place.";
	const [shown, setShown] = useState(isPart ? new Error(words) : error);
	// A part that could not be loaded once is not asked for again by the browser: all is loaded anew.
	const again = async () => {
		try {
			await fetch(location.pathname, { cache: "no-store" });
			location.reload();
		} catch {
			setShown(new ApiError(unreachable));
		}
	};
	return (
		<Page title="This page could not be shown">
			<ErrorNotice
				error={shown}
				safe="What is kept is not touched by this."
				onRetry={() => void again()}
			/>
		</Page>
	);
}
