import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { request } from "../api/client.ts";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatDuration } from "../design/format.ts";
import { Skeleton } from "../design/Skeleton.tsx";
import type { Player } from "./player.ts";
import { addressOf } from "./recording-api.ts";
import styles from "./Spectrogram.module.css";
import { type Spectrogram as Levels, sampleRate } from "./spectrum.ts";
import type { SpectrumTask } from "./spectrum-worker.ts";
import { useSeconds } from "./use-player.ts";
import type { ViewSpan } from "./view-span.ts";

const longestSeconds = 120;
const columns = 900;
const hertzMarks = [1000, 2000, 4000, 6000] as const;

/** What sounds where, of the span that the waveform shows: time to the right, pitch upwards. */
export function Spectrogram({
	name,
	player,
	view,
	durationSeconds,
}: {
	name: string;
	player: Player;
	view: ViewSpan;
	durationSeconds: number;
}) {
	const span = useRef(view);
	span.current = shownSpan(view, player.seconds());
	const { startSeconds, endSeconds } = span.current;
	const isPart = endSeconds - startSeconds < view.endSeconds - view.startSeconds - 0.01;
	const { data, error, refetch } = useQuery({
		queryKey: ["spectrogram", name, startSeconds, endSeconds],
		queryFn: ({ signal }) => readLevels(name, { startSeconds, endSeconds }, signal),
		staleTime: Number.POSITIVE_INFINITY,
		gcTime: 60_000,
		retry: false,
	});
	const canvas = useRef<HTMLCanvasElement>(null);
	const head = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (data && canvas.current) paint(canvas.current, data);
	}, [data]);
	useSeconds(player, (seconds) => {
		const share = (seconds - startSeconds) / (endSeconds - startSeconds);
		if (!head.current) return;
		head.current.hidden = share < 0 || share > 1;
		head.current.style.left = `${share * 100}%`;
	});
	return (
		<figure className={styles.spectrogram}>
			{error ? (
				<ErrorNotice error={error} onRetry={() => void refetch()} />
			) : (
				<div className={styles.frame}>
					{data ? (
						<canvas
							ref={canvas}
							role="img"
							aria-label={`Spectrogram from ${formatDuration(startSeconds)} to ${formatDuration(endSeconds)}, up to 8 kHz`}
						/>
					) : (
						<Skeleton />
					)}
					<div ref={head} className={styles.head} hidden />
					<div className={styles.hertz} aria-hidden="true">
						{hertzMarks.map((hertz) => (
							<span key={hertz} style={{ bottom: `${(hertz / (sampleRate / 2)) * 100}%` }}>
								{hertz / 1000} kHz
							</span>
						))}
					</div>
				</div>
			)}
			<figcaption className={styles.caption}>
				<span>{formatDuration(startSeconds)}</span>
				{isPart && (
					<span>
						At most two minutes at once; zoom in to see others of {formatDuration(durationSeconds)}.
					</span>
				)}
				<span>{formatDuration(endSeconds)}</span>
			</figcaption>
		</figure>
	);
}

/** Whole seconds, so that playing on does not ask for a new one with every frame. */
function shownSpan({ startSeconds, endSeconds }: ViewSpan, nowSeconds: number): ViewSpan {
	if (endSeconds - startSeconds <= longestSeconds) return { startSeconds, endSeconds };
	const page = Math.floor(Math.max(0, nowSeconds - startSeconds) / longestSeconds);
	const start = startSeconds + page * longestSeconds;
	return { startSeconds: start, endSeconds: Math.min(endSeconds, start + longestSeconds) };
}

async function readLevels(name: string, view: ViewSpan, signal: AbortSignal): Promise<Levels> {
	const query = new URLSearchParams({
		from: String(view.startSeconds),
		to: String(view.endSeconds),
	});
	const response = await request(addressOf(name, `/samples?${query}`), { signal });
	const bytes = await response.arrayBuffer();
	const samples = new Int16Array(bytes, 0, Math.floor(bytes.byteLength / 2));
	return inWorker({ samples, columns }, signal);
}

function inWorker(task: SpectrumTask, signal: AbortSignal): Promise<Levels> {
	const worker = new Worker(new URL("./spectrum-worker.ts", import.meta.url), { type: "module" });
	return new Promise<Levels>((resolve, reject) => {
		signal.addEventListener("abort", () => reject(signal.reason));
		worker.onmessage = ({ data }: MessageEvent<Levels>) => resolve(data);
		worker.onerror = () => reject(new Error("The spectrogram could not be made."));
		worker.postMessage(task);
	}).finally(() => worker.terminate());
}

function paint(canvas: HTMLCanvasElement, { columns: width, bins, levels }: Levels): void {
	canvas.width = width;
	canvas.height = bins;
	const context = canvas.getContext("2d");
	if (context === null) return;
	const image = context.createImageData(width, bins);
	for (let column = 0; column < width; column++) {
		for (let bin = 0; bin < bins; bin++) {
			const at = ((bins - 1 - bin) * width + column) * 4;
			const [red, green, blue] = amber(levels[column * bins + bin] as number);
			image.data.set([red, green, blue, 255], at);
		}
	}
	context.putImageData(image, 0, 0);
}

const stops = [
	[24, 22, 19],
	[58, 45, 22],
	[143, 90, 0],
	[232, 173, 74],
	[255, 244, 220],
] as const;

/** From the neutral dark over amber to nearly white. */
function amber(level: number): [number, number, number] {
	// Quiet sound is most of it, and says least.
	const place = (level / 255) ** 1.6 * (stops.length - 1);
	const below = Math.min(stops.length - 2, Math.floor(place));
	const share = place - below;
	const from = stops[below] as readonly [number, number, number];
	const to = stops[below + 1] as readonly [number, number, number];
	const mix = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
	return [mix(0), mix(1), mix(2)];
}
