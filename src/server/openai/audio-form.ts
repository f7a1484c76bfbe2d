import type { Readable } from "node:stream";
import type { FastifyRequest } from "fastify";

/** The fields of the form besides the file, as far as anything is made of them. */
export type AudioFields = {
	model: string | null;
	language: string | null;
	prompt: string | null;
	responseFormat: string;
	granularities: string[];
	stream: boolean;
};

export type AudioForm = {
	file: { stream: Readable; filename: string | null } | null;
	/** Reads what comes after the file, and says what all of them said. To be called once. */
	rest(): Promise<AudioFields>;
};

const longestFieldBytes = 64_000;
const mostFields = 100;

/**
 * Reads a form up to its file, which is then to be read to its end before `rest`. Fields may stand
 * before it and after it; those that nobody knows are passed over.
 *
 * @throws the parser's errors, with their status, for what is no form or breaks off
 */
export async function readAudioForm(request: FastifyRequest, maxBytes: number): Promise<AudioForm> {
	const fields = new Map<string, string[]>();
	const parts = request.parts({
		// One more than is allowed, so that too much is seen as such and not cut off in silence.
		limits: { fileSize: maxBytes + 1, fieldSize: longestFieldBytes, fields: mostFields, files: 10 },
	});
	const toNextFile = async (): Promise<AudioForm["file"]> => {
		for (;;) {
			const { value: part, done } = await parts.next();
			if (done) return null;
			if (part.type === "field") {
				// `timestamp_granularities[]` in one client is `timestamp_granularities` in another.
				const name = part.fieldname.replace(/\[\d*\]$/, "");
				fields.set(name, [...(fields.get(name) ?? []), String(part.value)]);
			} else if (part.fieldname === "file") {
				return { stream: part.file, filename: part.filename || null };
			} else {
				part.file.resume();
			}
		}
	};
	const file = await toNextFile();
	return {
		file,
		async rest() {
			if (file !== null) {
				for (let extra = await toNextFile(); extra !== null; extra = await toNextFile()) {
					extra.stream.resume();
				}
			}
			return fieldsOf(fields);
		},
	};
}

function fieldsOf(fields: ReadonlyMap<string, string[]>): AudioFields {
	const text = (name: string) => fields.get(name)?.[0]?.trim() || null;
	return {
		model: text("model"),
		language: text("language"),
		prompt: text("prompt"),
		responseFormat: text("response_format") ?? "json",
		granularities: fields.get("timestamp_granularities") ?? [],
		stream: text("stream") === "true",
	};
}
