import { lazy, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { LibraryPage } from "./library/LibraryPage.tsx";
import { Loading } from "./shell/Loading.tsx";
import { NotFoundPage } from "./shell/NotFoundPage.tsx";
import { PageBoundary } from "./shell/PageBoundary.tsx";
import { Shell } from "./shell/Shell.tsx";

const RecordingPage = lazy(() => import("./recording/RecordingPage.tsx"));
const RecorderPage = lazy(() => import("./recorder/RecorderPage.tsx"));
const Unfinished = lazy(() => import("./recorder/Unfinished.tsx"));
const QueuePage = lazy(() => import("./queue/QueuePage.tsx"));
const HealthPage = lazy(() => import("./health/HealthPage.tsx"));
const SettingsPage = lazy(() => import("./settings/SettingsPage.tsx"));

export function App({ linkFailure }: { linkFailure: unknown }) {
	const [path] = useLocation();
	return (
		<Shell linkFailure={linkFailure}>
			<PageBoundary path={path} isQuiet>
				<Suspense>
					<Unfinished />
				</Suspense>
			</PageBoundary>
			<PageBoundary path={path}>
				<Suspense fallback={<Loading />}>
					<Switch>
						<Route path="/" component={LibraryPage} />
						<Route path="/record" component={RecorderPage} />
						<Route path="/recordings/:name">{({ name }) => <RecordingPage name={name} />}</Route>
						<Route path="/queue" component={QueuePage} />
						{/* The service answers programs at /health. */}
						<Route path="/library-health" component={HealthPage} />
						<Route path="/settings/*?" component={SettingsPage} />
						<Route component={NotFoundPage} />
					</Switch>
				</Suspense>
			</PageBoundary>
		</Shell>
	);
}
