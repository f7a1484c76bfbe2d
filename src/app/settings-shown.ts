import { maskValue } from "../log/mask.ts";

const leftOut = "…";

/** A setting's value as it may leave this machine: people do put secrets into addresses and commands. */
export function withoutSecrets(key: string, value: unknown): unknown {
	if (key === "webhooks" && Array.isArray(value)) {
		return value.map((one: { url: string }) => ({ ...one, url: originOf(one.url) }));
	}
	if (/^(telemetry\.otlpUrl|chat\.baseUrl|model\.mirror)$/.test(key)) {
		return typeof value === "string" ? addressOf(value) : value;
	}
	if (key === "record.microphone" && value !== null) {
		return { command: commandOf((value as { command: string[] }).command) };
	}
	if (key === "engines") {
		const engines = Object.entries(value as Record<string, { command?: string[] }>);
		const shown = engines.map(([name, engine]) => {
			const { command } = engine;
			return [name, command ? { ...engine, command: commandOf(command) } : engine];
		});
		return maskValue(Object.fromEntries(shown));
	}
	return value;
}

/** The program, and that something follows. */
function commandOf([program = "", ...more]: readonly string[]): string[] {
	return more.length > 0 ? [program, leftOut] : [program];
}

/** Many services tell their customers apart by the path. */
function originOf(address: string): string {
	if (!URL.canParse(address)) return leftOut;
	return `${new URL(address).origin}/${leftOut}`;
}

function addressOf(address: string): string {
	if (!URL.canParse(address)) return leftOut;
	const { origin, pathname } = new URL(address);
	return `${origin}${pathname}`;
}
