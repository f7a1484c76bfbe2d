import "@fontsource-variable/inter";
import "@fontsource-variable/newsreader";
import "./design/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { signIn, takeLinkSecret } from "./api/session.ts";
import { App } from "./app.tsx";
import { keepPageOffline } from "./offline/register.ts";
import { applyTheme, storedTheme } from "./shell/theme.ts";

applyTheme(storedTheme());

const queries = new QueryClient({
	defaultOptions: { queries: { staleTime: 30_000, retry: 1, networkMode: "always" } },
});
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no root");
const page = createRoot(root);

let linkFailure: unknown = null;
const secret = takeLinkSecret();
if (secret !== null) {
	try {
		await signIn({ secret });
	} catch (error) {
		// Who is signed in already does not need the link.
		linkFailure = error;
	}
}
page.render(
	<StrictMode>
		<QueryClientProvider client={queries}>
			<App linkFailure={linkFailure} />
		</QueryClientProvider>
	</StrictMode>,
);
keepPageOffline();
