/**
 * A Recording is audio plus what is known about it: one folder, described by its `metadata.json`
 * (docs/FORMAT.md). This file names the parts; it imports nothing.
 */

/** How far its text is. */
export const states = ["pending", "success", "failed"] as const;
export type State = (typeof states)[number];

/** What it is to its owner. `deleted` means: in the trash. */
export const statuses = ["active", "archived", "deleted"] as const;
export type Status = (typeof statuses)[number];

export const sources = ["microphone", "import", "browser", "api", "remote"] as const;
export type Source = (typeof sources)[number];

/** The folders under `recordings/` that a published recording can lie in. */
export const shelves = ["pending", "success", "failed", "trash"] as const;
export type Shelf = (typeof shelves)[number];

/** SHA-256 in lower-case hex. */
export type Sha256 = string;

export type FileFacts = { sha256: Sha256; sizeBytes: number };

/** What can be heard, as far as a decoder could tell; null where it could not. */
export type AudioFacts = {
	mimeType: string;
	/** Name of the encoding, as FFmpeg spells it: `pcm_s16le`, `flac`, `opus`, `mp3`, … */
	codec: string | null;
	durationSeconds: number | null;
	sampleRate: number | null;
	channels: number | null;
	bitDepth: number | null;
};

/**
 * The audio as it came in, remembered when a compressed file has taken its place. With
 * `headerBase64` and `trailerBase64` around the decoded samples the original file can be rebuilt
 * byte for byte; they are null where the encoding was lossy.
 */
export type OriginalAudio = FileFacts &
	AudioFacts & {
		headerBase64: string | null;
		trailerBase64: string | null;
	};

/** Which engine made the text, and what it took (D0.14). */
export type TranscriptionFacts = {
	engine: string;
	model: string | null;
	language: string | null;
	/** The file that keeps what it said; null in what versions wrote that did not tell. */
	engineFile: string | null;
	latencySeconds: number;
	attempts: number;
	completedAt: string;
	/** Null where nobody could judge it. */
	coverage: CoverageFacts | null;
	/** Null where the engine that was wanted answered. */
	fallback: FallbackFacts | null;
};

/** The numbers of a transcript's coverage; its places are in transcript.json. */
export type CoverageFacts = {
	speechSeconds: number;
	coveredSeconds: number;
	gaps: number;
	loops: number;
	unheard: number;
	/** Windows that no answer was had for: asking again may help. */
	failedWindows: number;
};

/** Another engine than the first choice made the text: which was wanted, and why it did not. */
export type FallbackFacts = { wanted: string; reason: string };

/** Something that happened to the recording which its owner may want to know. */
export type RecordingEvent = { at: string; kind: string; message: string };

export type RecordingErrorFacts = { code: string; message: string; hint: string | null };

/** Everything about a recording that cannot be recomputed: the content of `metadata.json`. */
export type Metadata = {
	format: 1;
	id: string;
	name: string;
	/** Increases with every change; of two folders of one recording, the higher one is the truth. */
	revision: number;
	appVersion: string;
	createdAt: string;
	modifiedAt: string;
	/** Where the folder is to lie: a difference to where it does lie is a move that was cut short. */
	state: State;
	archived: boolean;
	deletedAt: string | null;
	source: Source;
	originalFilename: string | null;
	title: string | null;
	description: string | null;
	tags: string[];
	/** Name of the file in this folder that holds the audio. */
	audioFile: string;
	audio: AudioFacts;
	original: OriginalAudio | null;
	transcription: TranscriptionFacts | null;
	error: RecordingErrorFacts | null;
	/** A retention preset or rule of this recording's own; null follows the configuration. */
	retention: string | null;
	events: RecordingEvent[];
	/** Every file beside metadata.json that must survive. */
	files: Record<string, FileFacts>;
};

export type TranscriptText = {
	text: string;
	/** What the engine said, where the lexicon or an edit changed it; else the same as `text`. */
	originalText: string;
	/** In the order in which they are first heard; left out where speakers were not told apart. */
	speakers?: SpokenBy[];
};

/** Who says which parts of a text. */
export type SpokenBy = {
	/** Such as `S1`. */
	label: string;
	/** What a person calls them; null where nobody said. */
	name: string | null;
	/** UTF-16 offsets into the text, rising, not touching each other: `[start, end)`. */
	ranges: [number, number][];
};

/** A recording as the catalogue knows it. */
export type Recording = { metadata: Metadata; transcript: TranscriptText | null };

export function shelfOf(metadata: Metadata): Shelf {
	return metadata.deletedAt === null ? metadata.state : "trash";
}

export function statusOf(metadata: Metadata): Status {
	if (metadata.deletedAt !== null) return "deleted";
	return metadata.archived ? "archived" : "active";
}

/** Size and SHA-256 of the audio file that lies in the folder now. */
export function audioFileFacts(metadata: Metadata): FileFacts {
	const facts = metadata.files[metadata.audioFile];
	if (!facts) throw new Error(`metadata of ${metadata.name} lists no ${metadata.audioFile}`);
	return facts;
}

/** The SHA-256 that the audio had when it came in: what makes two recordings the same. */
export function originalSha256(metadata: Metadata): Sha256 {
	return metadata.original?.sha256 ?? audioFileFacts(metadata).sha256;
}
