import { z } from "zod";
import { problem } from "../contract/problem.ts";
import { type ByHand, byHand } from "./by-hand.ts";
import type { Answer, OpenApiDocument, Operation, Parameter } from "./openapi.ts";
import { type JsonSchema, openSchemas, type Schemas } from "./schemas.ts";

/** What a route says of itself, as fastify keeps it. */
export type DescribedRoute = {
	method: string;
	url: string;
	scope: string;
	schema: RouteSchema | undefined;
};

export type RouteSchema = {
	summary?: string;
	description?: string;
	tags?: readonly string[];
	hide?: boolean;
	consumes?: readonly string[];
	body?: unknown;
	querystring?: unknown;
	params?: unknown;
	headers?: unknown;
	response?: unknown;
};

/** The API as OpenAPI 3.1, made from what each route checks by. */
export function describeApi(routes: readonly DescribedRoute[], version: string): OpenApiDocument {
	const schemas = openSchemas();
	const problemRef = schemas.output(problem);
	const paths: OpenApiDocument["paths"] = {};
	const tags = new Set<string>();
	for (const route of routes) {
		if (!isApi(route, routes)) continue;
		const path = route.url.replace(/:(\w+)/g, "{$1}");
		const operation = operationOf(route, path, schemas, problemRef);
		for (const tag of operation.tags) tags.add(tag);
		paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
	}
	const description =
		"Onwax keeps audio so that nothing can lose it, turns it into text and finds it again. Errors are problem details (RFC 9457) with a stable `code`, a `hint`, and the `requestId` under which the log has them.";
	const document: OpenApiDocument = {
		openapi: "3.1.0",
		info: { title: "Onwax", version, description, license: { name: "MIT" } },
		servers: [{ url: "/" }],
		tags: [...tags].sort().map((name) => ({ name })),
		paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
		components: {
			schemas: {},
			securitySchemes: {
				bearer: {
					type: "http",
					scheme: "bearer",
					description: "A token: `onwax token create NAME --scope read`.",
				},
				cookie: {
					type: "apiKey",
					in: "cookie",
					name: "onwax_session",
					description: "What `POST /api/v1/session` sets, for browsers.",
				},
			},
		},
	};
	const { resolved, components } = schemas.finish(document);
	return { ...resolved, components: { ...resolved.components, schemas: components } };
}

/** What catches all other addresses is none, and neither is what only repeats a GET without its body. */
function isApi({ method, url, schema }: DescribedRoute, all: readonly DescribedRoute[]): boolean {
	if (schema?.hide || url.endsWith("*")) return false;
	if (method !== "HEAD") return /^(GET|PUT|POST|PATCH|DELETE|OPTIONS)$/.test(method);
	return !all.some((other) => other.url === url && other.method === "GET");
}

function operationOf(
	{ method, url, scope, schema = {} }: DescribedRoute,
	path: string,
	schemas: Schemas,
	problemRef: JsonSchema,
): Operation {
	const added: ByHand = byHand[`${method} ${url}`] ?? {};
	const parameters = [
		...parametersOf("path", schema.params, path, schemas),
		...parametersOf("query", schema.querystring, path, schemas),
		...parametersOf("header", schema.headers, path, schemas),
	];
	for (const one of added.parameters ?? []) {
		const isKnown = parameters.some(
			({ name, in: place }) => place === one.in && name.toLowerCase() === one.name.toLowerCase(),
		);
		if (!isKnown) parameters.push(one);
	}
	const needs = scope === "public" ? null : `Needs the permission \`${scope}\`.`;
	const description = [schema.description ?? added.description, needs].filter(Boolean).join(" ");
	const requestBody = bodyOf(schema, added, schemas);
	return {
		operationId: operationIdOf(method, path),
		summary: schema.summary ?? added.summary ?? `${method} ${path}`,
		...(description ? { description } : {}),
		tags: (schema.tags ?? added.tags ?? [tagOf(path)]).map(titled),
		security: scope === "public" ? [] : [{ bearer: [] }, { cookie: [] }],
		...(parameters.length > 0 ? { parameters } : {}),
		...(requestBody ? { requestBody } : {}),
		responses: {
			...(added.responses ?? responsesOf(schema.response, schemas)),
			default: {
				description: "Refused, or failed: the code and the hint say why, and what to do.",
				content: { "application/problem+json": { schema: problemRef } },
			},
		},
	};
}

function parametersOf(place: string, schema: unknown, path: string, schemas: Schemas) {
	const found: Parameter[] = [];
	if (schema instanceof z.ZodType) {
		const { properties = {}, required = [] } = schemas.plainInput(schema);
		for (const [name, property] of Object.entries(properties)) {
			const { description, ...rest } = property;
			found.push({
				...{ name, in: place },
				required: place === "path" || required.includes(name),
				...(typeof description === "string" ? { description } : {}),
				schema: rest,
			});
		}
	}
	if (place !== "path") return found;
	for (const [, name = ""] of path.matchAll(/\{(\w+)\}/g)) {
		if (found.some((one) => one.name === name)) continue;
		found.push({ name, in: "path", required: true, schema: { type: "string" } });
	}
	return found;
}

function bodyOf(schema: RouteSchema, added: ByHand, schemas: Schemas) {
	if (added.requestBody) return added.requestBody;
	const types = schema.consumes ?? ["application/json"];
	if (schema.body instanceof z.ZodType) {
		const isOptional = schema.body.safeParse(undefined).success;
		const example = added.example === undefined ? {} : { example: added.example };
		const content = { schema: schemas.input(schema.body), ...example };
		return {
			required: !isOptional,
			content: Object.fromEntries(types.map((type) => [type, content])),
		};
	}
	if (!schema.consumes) return undefined;
	return { content: Object.fromEntries(types.map((type) => [type, { schema: {} }])) };
}

function responsesOf(response: unknown, schemas: Schemas): Record<string, Answer> {
	const declared = Object.entries((response ?? {}) as Record<string, unknown>);
	if (declared.length === 0) return { "200": { description: "Done." } };
	return Object.fromEntries(
		declared.map(([status, one]): [string, Answer] => {
			const description = descriptions[status] ?? "Done.";
			const code = status.toLowerCase() === "default" ? "default" : status.toUpperCase();
			if (one instanceof z.ZodType) {
				const isEmpty = /^(204|304)$/.test(status) || one instanceof z.ZodNull;
				if (isEmpty) return [code, { description }];
				const content = { "application/json": { schema: schemas.output(one) } };
				return [code, { description: one.description ?? description, content }];
			}
			const { description: own, content } = (one ?? {}) as {
				description?: string;
				content?: Record<string, { schema?: unknown }>;
			};
			if (!content) return [code, { description: own ?? description }];
			const contents = Object.entries(content).map(([type, { schema }]) => [
				type,
				{ schema: schema instanceof z.ZodType ? schemas.output(schema) : {} },
			]);
			return [code, { description: own ?? description, content: Object.fromEntries(contents) }];
		}),
	);
}

const descriptions: Record<string, string> = {
	"200": "Here it is.",
	"201": "Made, and on disk.",
	"202": "Taken on; it goes on behind this answer.",
	"204": "Done; there is nothing to tell.",
	"206": "The part that was asked for.",
	"304": "As it was.",
};

function operationIdOf(method: string, path: string): string {
	const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
	const named = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1));
	return `${method.toLowerCase()}${named.join("") || "Root"}`;
}

/** The first word that tells one part of the API from another. */
function tagOf(path: string): string {
	return /^\/(?:api\/)?(?:v1\/)?([a-z]{2}[a-z-]*)/.exec(path)?.[1] ?? "service";
}

function titled(tag: string): string {
	if (tag.toLowerCase() === "openai") return "OpenAI-compatible";
	return tag.charAt(0).toUpperCase() + tag.slice(1);
}
