import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { onSignedOut } from "../api/client.ts";
import { followEvents } from "../api/events.ts";
import { useSession } from "../api/session.ts";
import { IconButton } from "../design/Button.tsx";
import { Toasts } from "../design/Toasts.tsx";
import { changeRows } from "../library/change-rows.ts";
import { DropTarget } from "../library/DropTarget.tsx";
import { wantSearch } from "../library/search-field.ts";
import { UploadGuard } from "../library/UploadGuard.tsx";
import { useRecordingNow } from "../recorder/recording-now.ts";
import { ConnectionBanner } from "./ConnectionBanner.tsx";
import { KeyboardHelp } from "./KeyboardHelp.tsx";
import { useKeys } from "./keys.ts";
import { Navigation } from "./Navigation.tsx";
import styles from "./Shell.module.css";
import { SignInPage } from "./SignInPage.tsx";
import { ThemeSwitch } from "./ThemeSwitch.tsx";

/** What stands around every page. `linkFailure`: why a sign-in link did not do. */
export function Shell({ children, linkFailure }: { children: ReactNode; linkFailure: unknown }) {
	const session = useSession();
	const isRecording = useRecordingNow();
	const wasIn = useRef(false);
	// An unreachable service is no reason to lock anybody out of what works without it.
	if (session.isPending) return null;
	// Nor is a session that ended while somebody records: what they say is kept, and goes up later.
	const isOut = session.data === null && !isRecording;
	if (isOut && !wasIn.current) return <SignInPage failure={linkFailure} />;
	wasIn.current = true;
	// A session that ends meanwhile takes nothing away that somebody is typing.
	return (
		<>
			{isOut && <SignInPage failure={null} />}
			<div hidden={isOut}>
				<SignedIn>{children}</SignedIn>
			</div>
		</>
	);
}

function SignedIn({ children }: { children: ReactNode }) {
	const queries = useQueryClient();
	const [path, navigate] = useLocation();
	const [isHelpOpen, setHelpOpen] = useState(false);
	useEffect(
		() =>
			followEvents(queries, {
				onRecordings: (names) => void changeRows(queries, names),
				onRefused: () => void queries.invalidateQueries({ queryKey: ["session"] }),
			}),
		[queries],
	);
	const search = () => {
		wantSearch();
		if (path !== "/") navigate("/");
	};
	useKeys({
		"/": search,
		"Mod+k": search,
		r: () => navigate("/record"),
		"g l": () => navigate("/"),
		"g r": () => navigate("/record"),
		"g q": () => navigate("/queue"),
		"g h": () => navigate("/library-health"),
		"g s": () => navigate("/settings"),
		"?": () => setHelpOpen(true),
	});
	useEffect(
		() => onSignedOut(() => void queries.invalidateQueries({ queryKey: ["session"] })),
		[queries],
	);
	const main = useFocusOnArrival(path);
	return (
		<div className={styles.shell}>
			<a href="#content" className={styles.skip}>
				Skip to the content
			</a>
			<header className={styles.rail}>
				<a
					href="/"
					className={styles.brand}
					onClick={(event) => {
						event.preventDefault();
						navigate("/");
					}}
				>
					<img src="/icon.svg" alt="" width={28} height={28} />
					<span>Onwax</span>
				</a>
				<Navigation />
				<div className={styles.railEnd}>
					<ThemeSwitch />
					<IconButton label="Keys" icon="keyboard" onPress={() => setHelpOpen(true)} />
				</div>
			</header>
			<div className={styles.column}>
				<ConnectionBanner />
				<main id="content" ref={main} tabIndex={-1} className={styles.main}>
					{children}
				</main>
			</div>
			<Toasts />
			<UploadGuard />
			<DropTarget />
			<KeyboardHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
		</div>
	);
}

/** A page that was gone to begins at its top, for eyes and for screen readers. */
function useFocusOnArrival(path: string) {
	const main = useRef<HTMLElement>(null);
	const shown = useRef(path);
	useEffect(() => {
		if (shown.current === path) return;
		shown.current = path;
		main.current?.focus({ preventScroll: true });
		// The library remembers where it was.
		if (path !== "/") scrollTo(0, 0);
	}, [path]);
	return main;
}
