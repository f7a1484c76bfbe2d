import type { Problem } from "../../../src/server/contract/problem.ts";

/** What the service answered instead of what was asked for, in words for a person. */
export class ApiError extends Error {
	readonly status: number;
	readonly code: string;
	readonly hint: string | null;
	readonly requestId: string | null;

	constructor(
		problem: Pick<Problem, "title" | "status" | "code" | "hint"> & { requestId?: string },
	) {
		super(problem.title);
		this.status = problem.status;
		this.code = problem.code;
		this.hint = problem.hint;
		this.requestId = problem.requestId ?? null;
	}
}

/** Of anything that was thrown, in words for a person. */
export function messageOf(error: unknown): string {
	return error instanceof Error && error.message !== ""
		? error.message
		: "Something went wrong that nobody foresaw.";
}

/** The service could not be reached: offline, restarted, or gone. */
export const unreachable = {
	title: "Onwax cannot be reached.",
	status: 0,
	code: "ERR_UNREACHABLE",
	hint: "What you record meanwhile is kept in this browser, and goes on its way when Onwax is back.",
};

const signedOut = new Set<() => void>();

/** Told when the service does not know any more who asks. @returns what ends that */
export function onSignedOut(listener: () => void): () => void {
	signedOut.add(listener);
	return () => signedOut.delete(listener);
}

/** @throws ApiError */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
	let response: Response;
	try {
		response = await fetch(path, { credentials: "same-origin", ...init });
	} catch (error) {
		if (init.signal?.aborted) throw error;
		throw new ApiError(unreachable);
	}
	if (response.ok) return response;
	// What asks for the session finds out by itself.
	if (response.status === 401 && path !== "/api/v1/session") {
		for (const listener of signedOut) listener();
	}
	throw new ApiError(await problemIn(response));
}

async function problemIn(response: Response): Promise<Problem> {
	try {
		const problem = (await response.json()) as Problem;
		if (typeof problem.title === "string") return problem;
	} catch {
		// A proxy's page: said below in our own words.
	}
	return {
		type: "about:blank",
		title: `The service answered with the status ${response.status}.`,
		status: response.status,
		code: "ERR_HTTP",
		hint: null,
		retryable: response.status >= 500,
		requestId: response.headers.get("x-request-id") ?? "",
	};
}

/** @throws ApiError */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
	return (await request(path, signal ? { signal } : {})).json() as Promise<T>;
}

/** @throws ApiError */
export async function sendJson<T>(
	method: "POST" | "PUT" | "PATCH" | "DELETE",
	path: string,
	body?: unknown,
	headers: Record<string, string> = {},
): Promise<T> {
	const response = await request(path, {
		method,
		...(body === undefined
			? { headers }
			: {
					body: JSON.stringify(body),
					headers: { "content-type": "application/json", ...headers },
				}),
	});
	return (response.status === 204 ? undefined : await response.json()) as T;
}
