/// <reference lib="webworker" />
import { finishAll } from "../recorder/finish-all.ts";
import { otherStores } from "../recorder/open-store.ts";

declare const self: ServiceWorkerGlobalScope & {
	/** What the page is made of; filled in when it is built. */
	__WB_MANIFEST: { url: string; revision: string | null }[];
	addEventListener(type: "sync", listener: (event: SyncEvent) => void): void;
};
type SyncEvent = ExtendableEvent & { tag: string };

const files = self.__WB_MANIFEST;
const page = "/index.html";
/** How long the service may take to give the page before the kept one is shown. */
const patienceMs = 4000;

/** Another one for every build: a page that is open goes on with the files that it came with. */
const cacheName = `onwax-${files.map(({ url, revision }) => `${url} ${revision ?? ""}`).reduce(checksum, 0)}`;

function checksum(sum: number, text: string): number {
	for (let index = 0; index < text.length; index++)
		sum = (Math.imul(sum, 31) + text.charCodeAt(index)) >>> 0;
	return sum;
}

// There is no skipWaiting here: a new build takes over when the last open page is closed, so that none
// is ever reloaded, or left without its files, while it records.
self.addEventListener("install", (event) => {
	event.waitUntil(
		caches
			.open(cacheName)
			.then((cache) =>
				cache.addAll(files.map(({ url }) => new Request(`/${url}`, { cache: "reload" }))),
			),
	);
});

self.addEventListener("activate", (event) => {
	const tidy = async () => {
		for (const name of await caches.keys())
			if (name.startsWith("onwax-") && name !== cacheName) await caches.delete(name);
		// The first one serves the page that brought it.
		await self.clients.claim();
	};
	event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
	const { request } = event;
	const { origin, pathname } = new URL(request.url);
	if (request.method !== "GET" || origin !== self.location.origin) return;
	if (/^\/(api|v1|health|metrics)\b/.test(pathname) && request.mode !== "navigate") return;
	if (/^\/(api|v1)\//.test(pathname)) return;
	if (request.mode === "navigate") event.respondWith(thePage(request));
	else event.respondWith(theFile(request));
});

/** The service's own page where it answers, so that page and service fit together; else the kept one. */
async function thePage(request: Request): Promise<Response> {
	const kept = async () => (await caches.open(cacheName)).match(page);
	try {
		const response = await fetch(request, { signal: AbortSignal.timeout(patienceMs) });
		if (response.status < 500) return response;
		return (await kept()) ?? response;
	} catch (error) {
		const response = await kept();
		if (response === undefined) throw error;
		return response;
	}
}

/** Files in assets/ have their hash in their name: one that is kept is the right one. */
async function theFile(request: Request): Promise<Response> {
	const cache = await caches.open(cacheName);
	const kept = await cache.match(request, { ignoreVary: true });
	if (kept !== undefined) return kept;
	const response = await fetch(request);
	if (response.ok && new URL(request.url).pathname.startsWith("/assets/"))
		await cache.put(request, response.clone());
	return response;
}

// The network is back and no page is open: what was recorded meanwhile goes on its way.
self.addEventListener("sync", (event) => {
	if (event.tag === "onwax-recordings") event.waitUntil(otherStores(null).then(finishAll));
});
