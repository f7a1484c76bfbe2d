import { Fragment, type KeyboardEvent, type MouseEvent, memo, type RefObject, useRef } from "react";
import { formatDuration } from "../design/format.ts";
import { type Doubt, doubtPlace, doubtReason, doubtWords } from "./doubt-words.ts";
import type { Paragraph, SaidWord } from "./paragraphs.ts";
import type { Player } from "./player.ts";
import styles from "./TranscriptText.module.css";
import { useFollowing } from "./use-following.ts";

type Props = {
	player: Player;
	paragraphs: readonly Paragraph[];
	doubts: readonly Doubt[];
	speakerNames: Readonly<Record<string, string>>;
	/** Somebody looks for something: then the page does not follow the sound. */
	isSearched: boolean;
	/** Of the text, for screen readers and hyphens. */
	language: string | null;
	/** Shows what the engine said beside the words that a lexicon changed. */
	showsOriginals: boolean;
	/** Where the paragraphs are, for whoever looks for something in them. */
	container: RefObject<HTMLDivElement | null>;
};

/**
 * The text, to be read and heard. The word that is heard now is marked past React, by its id: a
 * page of 20 000 words stays smooth.
 */
export function TranscriptText(props: Props) {
	const { player, paragraphs, doubts, speakerNames, showsOriginals, container } = props;
	const { isFollowing, followAgain } = useFollowing(player, paragraphs, props.isSearched);
	const doubtsOf = useDoubtsByParagraph(paragraphs, doubts);
	const onClick = (event: MouseEvent<HTMLElement>) => {
		if (!(event.target instanceof Element)) return;
		// Whoever marks text wants to copy it, and not to hear it.
		if (document.getSelection()?.isCollapsed === false) return;
		const word = event.target.closest<HTMLElement>("[data-at]");
		if (word === null) return;
		player.jumpTo(Number(word.dataset.at));
		player.play();
	};
	const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step === undefined || !(event.target instanceof HTMLElement)) return;
		const own = Number(event.target.dataset.paragraph);
		const next = container.current?.querySelector<HTMLElement>(
			`button[data-paragraph="${own + step}"]`,
		);
		if (!next) return;
		event.preventDefault();
		next.focus();
	};
	return (
		<>
			{/* biome-ignore lint/a11y/noStaticElementInteractions: clicks on words are a shortcut; the times are buttons for the keyboard */}
			<div
				ref={container}
				lang={props.language ?? undefined}
				className={styles.text}
				onClick={onClick}
				onKeyDown={onKeyDown}
			>
				{paragraphs.map((paragraph) => (
					<ParagraphText
						key={paragraph.index}
						paragraph={paragraph}
						name={nameOf(paragraph, speakerNames)}
						doubts={doubtsOf[paragraph.index] ?? none}
						showsOriginals={showsOriginals}
					/>
				))}
			</div>
			{!isFollowing && !props.isSearched && (
				<button type="button" className={styles.follow} onClick={followAgain}>
					Follow the sound
				</button>
			)}
		</>
	);
}

const none: readonly Doubt[] = [];

function nameOf({ speaker, isNewSpeaker }: Paragraph, names: Readonly<Record<string, string>>) {
	if (speaker === null || !isNewSpeaker) return null;
	return Object.hasOwn(names, speaker) ? (names[speaker] ?? speaker) : speaker;
}

/** The same lists as long as nothing changes, so that paragraphs are not drawn anew. */
function useDoubtsByParagraph(paragraphs: readonly Paragraph[], doubts: readonly Doubt[]) {
	const kept = useRef<{ of: readonly unknown[]; lists: Doubt[][] } | null>(null);
	const of = [paragraphs, doubts];
	if (kept.current === null || kept.current.of.some((value, index) => value !== of[index])) {
		const lists: Doubt[][] = [];
		for (const doubt of doubts) {
			let at = paragraphs.findLastIndex(({ startSeconds }) => startSeconds <= doubt.startSeconds);
			if (at === -1) at = 0;
			lists[at] = [...(lists[at] ?? []), doubt];
		}
		kept.current = { of, lists };
	}
	return kept.current.lists;
}

type ParagraphProps = {
	paragraph: Paragraph;
	name: string | null;
	doubts: readonly Doubt[];
	showsOriginals: boolean;
};

const ParagraphText = memo(function ParagraphText(props: ParagraphProps) {
	const { paragraph, name, doubts, showsOriginals } = props;
	const { index, firstWord, startSeconds, pieces, text } = paragraph;
	// Where the engine gave no times at all there is nothing to jump to.
	const isTimed = paragraph.endSeconds > startSeconds;
	const gaps = doubts.filter(({ kind }) => kind === "gap");
	const others = doubts.filter(({ kind }) => kind !== "gap");
	const mark = (doubt: Doubt) => (
		<DoubtMark key={`${doubt.kind}${doubt.startSeconds}`} doubt={doubt} />
	);
	/** After which word each gap stands. */
	const placeOf = (doubt: Doubt) =>
		pieces.findLastIndex(({ word }) => word.startSeconds <= doubt.startSeconds);
	const placed = gaps.map((doubt) => ({ doubt, place: placeOf(doubt) }));
	return (
		<div className={styles.paragraph} data-new-speaker={name === null ? undefined : ""}>
			{isTimed ? (
				<button
					type="button"
					className={styles.time}
					data-at={startSeconds}
					data-paragraph={index}
					tabIndex={index === 0 ? 0 : -1}
					aria-label={`Listen from ${formatDuration(startSeconds)}`}
				>
					{formatDuration(startSeconds)}
				</button>
			) : (
				<span />
			)}
			<div className={styles.body}>
				{name !== null && <p className={styles.speaker}>{name}</p>}
				{placed.filter(({ place }) => place === -1).map(({ doubt }) => mark(doubt))}
				<p data-said={index} dir="auto">
					{pieces.length === 0
						? text
						: pieces.map(({ before, word, after }, at) => (
								// biome-ignore lint/suspicious/noArrayIndexKey: words have no other name than their place
								<Fragment key={firstWord + at}>
									{before}
									<SpokenWord
										number={firstWord + at}
										word={word}
										doubt={others.find((doubt) => isIn(word, doubt))}
										showsOriginal={showsOriginals}
									/>
									{after}
									{placed.filter(({ place }) => place === at).map(({ doubt }) => mark(doubt))}
								</Fragment>
							))}
				</p>
				{others.map(mark)}
			</div>
		</div>
	);
});

function isIn(word: SaidWord, { startSeconds, endSeconds }: Doubt): boolean {
	return word.startSeconds < endSeconds && word.endSeconds > startSeconds;
}

function SpokenWord({
	number,
	word,
	doubt,
	showsOriginal,
}: {
	number: number;
	word: SaidWord;
	doubt: Doubt | undefined;
	showsOriginal: boolean;
}) {
	const { text, startSeconds, provenance } = word;
	const [first] = provenance ?? [];
	const last = provenance?.at(-1);
	return (
		<>
			{first && showsOriginal && (
				<del className={styles.original} data-aside>
					{first.original}
				</del>
			)}
			<span
				id={`w${number}`}
				data-at={startSeconds}
				className={classesOf(first !== undefined, doubt !== undefined)}
				title={
					first && last
						? `The engine said “${first.original}”. Corrected by the lexicon ${last.lexicon}, version ${last.version}.`
						: doubt && doubtWords(doubt)
				}
			>
				{text}
			</span>
		</>
	);
}

function classesOf(isCorrected: boolean, isDoubted: boolean): string {
	if (isDoubted) return `${styles.word} ${styles.doubted}`;
	return `${styles.word}${isCorrected ? ` ${styles.corrected}` : ""}`;
}

function DoubtMark({ doubt }: { doubt: Doubt }) {
	return (
		<span className={styles.doubt} data-aside>
			<span className={styles.doubtText} title={doubtReason(doubt) ?? doubtPlace(doubt)}>
				{doubtWords(doubt)}
			</span>
			<button type="button" data-at={doubt.startSeconds}>
				Listen
			</button>
		</span>
	);
}
