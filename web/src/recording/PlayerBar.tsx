import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "../design/Button.tsx";
import { Checkbox } from "../design/Checkbox.tsx";
import { formatDuration } from "../design/format.ts";
import { Icon } from "../design/icons.tsx";
import { Select } from "../design/Select.tsx";
import { type Doubt, doubtPlace, doubtWords } from "./doubt-words.ts";
import styles from "./PlayerBar.module.css";
import type { Peaks } from "./peaks.ts";
import { type Player, rates } from "./player.ts";
import { Spectrogram } from "./Spectrogram.tsx";
import { usePlayerState, useSeconds } from "./use-player.ts";
import type { ViewSpan } from "./view-span.ts";
import { Waveform } from "./Waveform.tsx";

type Props = {
	name: string;
	player: Player;
	/** Address of the audio; changes when a compressed file takes the place of the first one. */
	audioUrl: string;
	peaks: Peaks | null;
	durationSeconds: number;
	doubts: readonly Doubt[];
	/** Whether it is known where nobody speaks. */
	knowsSilence: boolean;
};

/** Waveform and controls; they stay in sight while the text scrolls. */
export function PlayerBar(props: Props) {
	const { name, player, audioUrl, peaks, durationSeconds, doubts, knowsSilence } = props;
	const audio = useRef<HTMLAudioElement>(null);
	const clock = useRef<HTMLSpanElement>(null);
	const { isPlaying, isWaiting, rate, skipsSilence, trouble } = usePlayerState(player);
	const [view, setView] = useState<ViewSpan>({ startSeconds: 0, endSeconds: durationSeconds });
	const [showsSpectrogram, setShowsSpectrogram] = useState(false);
	useEffect(() => {
		player.attach(audio.current);
		return () => player.attach(null);
	}, [player]);
	useEffect(() => player.load(audioUrl), [player, audioUrl]);
	useEffect(() => {
		player.setDuration(durationSeconds);
		setView({ startSeconds: 0, endSeconds: durationSeconds });
	}, [player, durationSeconds]);
	useSeconds(player, (seconds) => {
		const text = formatDuration(seconds);
		if (clock.current && clock.current.textContent !== text) clock.current.textContent = text;
	});
	const zoom = Math.round(Math.log2(durationSeconds / (view.endSeconds - view.startSeconds)) * 2);
	const mostZoom = Math.max(0, Math.ceil(Math.log2(durationSeconds / 4) * 2));
	const zoomTo = (steps: number) => {
		const length = Math.max(Math.min(4, durationSeconds), durationSeconds / 2 ** (steps / 2));
		const start = Math.max(0, Math.min(player.seconds() - length / 2, durationSeconds - length));
		setView({ startSeconds: start, endSeconds: start + length });
	};
	return (
		<section className={styles.bar} aria-label="Player">
			{/* biome-ignore lint/a11y/useMediaCaption: the text beside it is the transcript */}
			<audio ref={audio} preload="metadata" />
			<Waveform {...{ player, peaks, durationSeconds, doubts, view }} onView={setView} />
			<div className={styles.controls}>
				<button
					type="button"
					className={styles.play}
					onClick={player.toggle}
					aria-label={isPlaying ? "Pause" : "Play"}
					aria-busy={isWaiting}
				>
					<Icon name={isPlaying ? "pause" : "play"} size={22} />
				</button>
				<p className={styles.clock}>
					<span ref={clock}>0:00</span>
					<span className={styles.total}> / {formatDuration(durationSeconds)}</span>
				</p>
				<div className={styles.rate}>
					<Select
						label="Speed"
						hideLabel
						value={String(rate)}
						options={rates.map((value) => ({ id: String(value), label: `${value}×` }))}
						onChange={(value) => player.setRate(Number(value))}
					/>
				</div>
				<Checkbox
					kind="switch"
					isSelected={skipsSilence && knowsSilence}
					isDisabled={!knowsSilence}
					onChange={(skips) => player.setSkipsSilence(skips)}
				>
					Skip silence
				</Checkbox>
				<div className={styles.far}>
					{mostZoom > 0 && (
						<label className={styles.zoom}>
							<span>Zoom</span>
							<input
								type="range"
								min={0}
								max={mostZoom}
								value={zoom}
								onChange={({ target }) => zoomTo(Number(target.value))}
							/>
						</label>
					)}
					<IconButton
						label={showsSpectrogram ? "Hide the spectrogram" : "Show the spectrogram"}
						icon="health"
						isPressed={showsSpectrogram}
						onPress={() => setShowsSpectrogram(!showsSpectrogram)}
					/>
				</div>
			</div>
			{trouble && (
				<p className={styles.trouble} role="alert">
					{trouble}{" "}
					<Button kind="quiet" icon="retry" onPress={() => audio.current?.load()}>
						Load it again
					</Button>
				</p>
			)}
			{showsSpectrogram && <Spectrogram {...{ name, player, view, durationSeconds }} />}
			{doubts.length > 0 && <Doubts doubts={doubts} player={player} />}
		</section>
	);
}

const shownDoubts = 6;

/** What the hatching means, in words that can be pressed. */
function Doubts({ doubts, player }: { doubts: readonly Doubt[]; player: Player }) {
	const [showsAll, setShowsAll] = useState(false);
	const shown = showsAll ? doubts : doubts.slice(0, shownDoubts);
	return (
		<ul className={styles.doubts} aria-label="Doubtful places">
			{shown.map((doubt) => (
				<li key={`${doubt.kind}${doubt.startSeconds}`}>
					<button type="button" onClick={() => player.jumpTo(doubt.startSeconds)}>
						<span className={styles.hatch} aria-hidden="true" />
						{doubtPlace(doubt)}: {doubtWords(doubt).toLowerCase()}
					</button>
				</li>
			))}
			{doubts.length > shown.length && (
				<li>
					<button type="button" onClick={() => setShowsAll(true)}>
						and {doubts.length - shown.length} more
					</button>
				</li>
			)}
		</ul>
	);
}
