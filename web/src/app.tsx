import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { LibraryPage } from "./library/LibraryPage.tsx";
import { Shell } from "./shell/Shell.tsx";

const RecordingPage = lazy(() => import("./recording/RecordingPage.tsx"));
const RecorderPage = lazy(() => import("./recorder/RecorderPage.tsx"));
const QueuePage = lazy(() => import("./queue/QueuePage.tsx"));
const HealthPage = lazy(() => import("./health/HealthPage.tsx"));
const SettingsPage = lazy(() => import("./settings/SettingsPage.tsx"));

export function App() {
	return (
		<Shell>
			<Suspense>
				<Switch>
					<Route path="/" component={LibraryPage} />
					<Route path="/record" component={RecorderPage} />
					<Route path="/recordings/:name">{({ name }) => <RecordingPage name={name} />}</Route>
					<Route path="/queue" component={QueuePage} />
					<Route path="/health" component={HealthPage} />
					<Route path="/settings/*?" component={SettingsPage} />
					<Route>
						<h1>There is nothing here</h1>
					</Route>
				</Switch>
			</Suspense>
		</Shell>
	);
}
