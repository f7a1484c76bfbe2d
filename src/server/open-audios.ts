import { type OpenAudio, openAudio } from "../app/open-audio.ts";
import type { Service } from "../app/service.ts";

/** Audio that somebody reads from; to be given back when they have done so. */
export type BorrowedAudio = { audio: OpenAudio; giveBack: () => void };

export type OpenAudios = {
	/** @throws as `openAudio` */
	borrow(name: string): Promise<BorrowedAudio>;
	close(): void;
};

type Held = { opened: Promise<OpenAudio>; users: number; isDropped: boolean };

const mostHeld = 64;
const heldMs = 5000;

/**
 * Keeps audio open for the moments in which a player asks for piece after piece. What is open is one
 * file with its own size and hash, whatever becomes of its name; when a recording is changed, who asks
 * next gets what it is then.
 */
export function openAudios(service: Service): OpenAudios {
	const held = new Map<string, Held>();

	function drop(name: string, one: Held): void {
		if (held.get(name) === one) held.delete(name);
		if (one.isDropped) return;
		one.isDropped = true;
		if (one.users === 0) close(one);
	}

	function close({ opened }: Held): void {
		opened
			.then(({ file }) => file.close())
			.catch((error: unknown) => {
				service.app.log.warn({ error: String(error) }, "audio could not be closed");
			});
	}

	const stopListening = service.events.onChange((entries) => {
		for (const { subject, name } of entries) {
			const one = held.get(name);
			if (subject === "recording" && one) drop(name, one);
		}
	});

	function hold(name: string): Held {
		const one: Held = { opened: openAudio(service.app.library, name), users: 0, isDropped: false };
		held.set(name, one);
		const [oldest] = held;
		if (held.size > mostHeld && oldest) drop(...oldest);
		setTimeout(() => drop(name, one), heldMs).unref();
		return one;
	}

	return {
		async borrow(name) {
			const one = held.get(name) ?? hold(name);
			one.users += 1;
			try {
				const audio = await one.opened;
				let isBack = false;
				const giveBack = () => {
					if (isBack) return;
					isBack = true;
					one.users -= 1;
					if (one.users === 0 && one.isDropped) close(one);
				};
				return { audio, giveBack };
			} catch (error) {
				// There is nothing to be closed.
				one.isDropped = true;
				if (held.get(name) === one) held.delete(name);
				throw error;
			}
		},
		close() {
			stopListening();
			for (const [name, one] of [...held]) drop(name, one);
		},
	};
}
