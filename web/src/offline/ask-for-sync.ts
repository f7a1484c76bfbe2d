type WithSync = ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } };

/** Has the browser go on with what is left once the network is back, also with no page open; where it can. */
export async function askForSync(): Promise<void> {
	try {
		const registration: WithSync | undefined = await navigator.serviceWorker?.getRegistration();
		await registration?.sync?.register("onwax-recordings");
	} catch {
		// Not allowed here: the next page of Onwax goes on with it.
	}
}
