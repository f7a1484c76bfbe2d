/** Keeps the page in the browser, so that it opens, and records, without the service. */
export function keepPageOffline(): void {
	if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
	const register = () => {
		// Refused in private windows of some browsers: then the page needs the service, as any page does.
		void navigator.serviceWorker.register("/service-worker.js").catch(() => {});
	};
	// What the page itself needs is fetched first.
	if (document.readyState === "complete") register();
	else window.addEventListener("load", register, { once: true });
}
