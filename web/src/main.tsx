import "@fontsource-variable/inter";
import "@fontsource-variable/newsreader";
import "./design/base.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";

const queries = new QueryClient({
	defaultOptions: { queries: { staleTime: 30_000, retry: 1, networkMode: "always" } },
});
const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no root");
createRoot(root).render(
	<StrictMode>
		<QueryClientProvider client={queries}>
			<App />
		</QueryClientProvider>
	</StrictMode>,
);
