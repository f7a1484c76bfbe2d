import type { Answer, Content, Parameter } from "./openapi.ts";

/** What a route's own schema cannot say: protocols of bytes and headers, and examples. */
export type ByHand = {
	summary?: string;
	description?: string;
	tags?: readonly string[];
	parameters?: readonly Parameter[];
	requestBody?: { required?: boolean; content: Record<string, Content> };
	responses?: Record<string, Answer>;
	/** Of the body. */
	example?: unknown;
};

const text = { type: "string" };
const whole = { type: "integer", minimum: 0 };

const header = (name: string, description: string, schema = text, required = false): Parameter => ({
	...{ name, in: "header", required, description, schema },
});

const tusVersion = header("Tus-Resumable", "`1.0.0`", text, true);
const checksum = header("Upload-Checksum", "`sha256 <base64>` or `sha1 <base64>` of this body");
const bytes = { content: { "application/offset+octet-stream": { schema: {} } } };
const audioBody = {
	required: true,
	content: {
		"audio/*": { schema: {} },
		"multipart/form-data": {
			schema: {
				type: "object",
				properties: { title: text, file: { type: "string", contentMediaType: "audio/*" } },
				required: ["file"],
			},
		},
	},
};
const offset = { schema: whole, description: "So many bytes are on disk, synced." };
const receiptHeaders = {
	"Onwax-Recording": { schema: text, description: "The recording's id, once it is whole." },
	"Onwax-Name": { schema: text, description: "The recording's name, once it is whole." },
	"Repr-Digest": { schema: text, description: "`sha-256=:…:` of all bytes, once it is whole." },
};
const uploads = ["Uploads"];

/** By method and address, as the route has it. */
export const byHand: Readonly<Record<string, ByHand>> = {
	"OPTIONS /api/v1/uploads": {
		...{ tags: uploads, summary: "Which parts of tus there are" },
		responses: { "204": { description: "See `Tus-Version`, `Tus-Extension`, `Tus-Max-Size`." } },
	},
	"POST /api/v1/uploads": {
		...{ tags: uploads, summary: "Begin an upload (tus 1.0)" },
		description: "The body may hold the first bytes already.",
		parameters: [
			tusVersion,
			header("Upload-Length", "Bytes in all", whole),
			header("Upload-Defer-Length", "`1`: the length follows with the last bytes"),
			header("Upload-Metadata", "`filename`, `title`, `tags`, `source`, each with its base64"),
			checksum,
		],
		requestBody: bytes,
		responses: {
			"201": {
				description: "Begun, and on disk.",
				headers: {
					Location: { schema: text, description: "The upload's address." },
					"Upload-Offset": offset,
					...receiptHeaders,
				},
			},
		},
	},
	"HEAD /api/v1/uploads/:id": {
		...{ tags: uploads, summary: "How much has come" },
		parameters: [tusVersion],
		responses: {
			"200": {
				description: "Go on at `Upload-Offset`.",
				headers: { "Upload-Offset": offset, ...receiptHeaders },
			},
		},
	},
	"PATCH /api/v1/uploads/:id": {
		...{ tags: uploads, summary: "Send the next bytes" },
		description:
			"Answered when they are synced. 409: another offset, ask where to go on; 460: the checksum is another one, and nothing was taken; 423: somebody else is writing.",
		parameters: [
			tusVersion,
			header("Upload-Offset", "Where these bytes belong", whole, true),
			header("Upload-Length", "Bytes in all, where that was deferred", whole),
			checksum,
		],
		requestBody: bytes,
		responses: {
			"204": {
				description: "On disk. With the last bytes the recording is made.",
				headers: { "Upload-Offset": offset, ...receiptHeaders },
			},
		},
	},
	"DELETE /api/v1/uploads/:id": {
		...{ tags: uploads, summary: "Give an unfinished upload up" },
		parameters: [tusVersion],
		responses: { "204": { description: "What had come is gone." } },
	},
	"GET /api/v1/events": {
		responses: {
			"200": {
				description: "It does not end by itself.",
				content: { "text/event-stream": { schema: text } },
			},
		},
	},
	"POST /jobs": { requestBody: audioBody },
	"POST /api/v1/recordings": { requestBody: audioBody },
	"PUT /api/v1/recordings/:filename": {
		requestBody: { required: true, content: { "audio/*": { schema: {} } } },
	},
	"POST /api/v1/session": { example: { secret: "what stands behind the # of the printed link" } },
	"POST /api/v1/cleanup": { example: { dryRun: true } },
	"POST /api/v1/validate": { example: { ref: "last" } },
	"PATCH /api/v1/settings": { example: { set: { compress: "opus" }, unset: ["language"] } },
	"PUT /api/v1/lexicons/:name": {
		example: {
			rules: [{ from: "cooper netties", to: "Kubernetes", kind: "words" }],
			version: 3,
		},
	},
	"POST /api/v1/lexicons/test": { example: { text: "we use cooper netties" } },
};
