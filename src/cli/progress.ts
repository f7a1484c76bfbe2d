import type { Output } from "./output.ts";

const quietMs = 1000;
const beatMs = 120;

/** A line at the bottom of the terminal, from the second second on; null is none for now. */
export function startProgress(output: Output, render: () => string | null): { stop(): void } {
	if (!output.err.isTerminal) return { stop() {} };
	const startedAt = performance.now();
	const timer = setInterval(() => {
		if (performance.now() - startedAt >= quietMs) output.progress(render());
	}, beatMs);
	timer.unref();
	return {
		stop() {
			clearInterval(timer);
			output.progress(null);
		},
	};
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** `▕███▌      ▏ 35 %`; `fraction` from 0 to 1. */
export function bar(fraction: number, width: number): string {
	const clamped = Math.min(1, Math.max(0, fraction));
	const whole = Math.trunc(clamped * width * 8);
	const filled = "█".repeat(Math.trunc(whole / 8)) + (eighths[whole % 8] ?? "");
	return `▕${filled.padEnd(width)}▏ ${String(Math.trunc(clamped * 100)).padStart(3)} %`;
}
