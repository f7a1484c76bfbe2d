import {
	type ChatError,
	type ChatFile,
	type ChatResult,
	type EarlierResult,
	type LeftAsSaid,
	nothingMade,
} from "./chat-result.ts";
import { type ChatTask, chatTasks } from "./chat-tasks.ts";

type Fields = Record<string, unknown>;

/**
 * What a file's JSON says, taken apart field by field: it may have been changed by hand or by
 * another program. A result that is not one counts as not there; the others stand.
 */
export function parseChatFile(value: unknown): ChatFile {
	const file = fieldsOf(value);
	const given = fieldsOf(file?.results);
	if (file?.format !== 1 || given === null) return nothingMade;
	const results: Partial<Record<ChatTask, ChatResult>> = {};
	for (const task of chatTasks) {
		const result = parseResult(fieldsOf(given[task]));
		if (result !== null) results[task] = result;
	}
	return { format: 1, results, error: parseError(fieldsOf(file.error)) };
}

function parseResult(fields: Fields | null): ChatResult | null {
	if (fields === null) return null;
	const { text, refusal, model, address, madeAt, sourceSha256, leftAsSaid } = fields;
	if (!isTextOrNull(text) || !isTextOrNull(refusal) || (text === null && refusal === null)) {
		return null;
	}
	if (!isText(model) || !isText(address) || !isText(madeAt) || !isText(sourceSha256)) return null;
	const earlier = parseEarlier(fieldsOf(fields.earlier));
	return {
		...{ text, refusal, model, address, madeAt, sourceSha256 },
		...(leftAsSaid === undefined ? {} : { leftAsSaid: parseLeft(leftAsSaid) }),
		...(earlier === null ? {} : { earlier }),
	};
}

function parseEarlier(fields: Fields | null): EarlierResult | null {
	if (fields === null) return null;
	const { text, model, address, madeAt, leftAsSaid } = fields;
	if (!isText(text) || !isText(model) || !isText(address) || !isText(madeAt)) return null;
	return { text, model, address, madeAt, leftAsSaid: parseLeft(leftAsSaid) };
}

function parseLeft(value: unknown): LeftAsSaid[] {
	if (!Array.isArray(value)) return [];
	return value.flatMap((one: unknown) => {
		const { part, of, reason } = fieldsOf(one) ?? {};
		return typeof part === "number" && typeof of === "number" && isText(reason)
			? [{ part, of, reason }]
			: [];
	});
}

function parseError(fields: Fields | null): ChatError | null {
	if (fields === null) return null;
	const { at, code, message, hint, givenUp } = fields;
	if (!isText(at) || !isText(code) || !isText(message) || !isTextOrNull(hint)) return null;
	return { at, code, message, hint, givenUp: givenUp === true };
}

function fieldsOf(value: unknown): Fields | null {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as Fields)
		: null;
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function isTextOrNull(value: unknown): value is string | null {
	return value === null || isText(value);
}
