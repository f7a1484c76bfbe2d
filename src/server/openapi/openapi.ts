import type { JsonSchema } from "./schemas.ts";

/** The parts of OpenAPI 3.1 that are used here. */
export type Parameter = {
	name: string;
	in: string;
	required: boolean;
	description?: string;
	schema: JsonSchema;
};

export type Operation = {
	operationId: string;
	summary: string;
	description?: string;
	tags: string[];
	security: Record<string, string[]>[];
	parameters?: Parameter[];
	requestBody?: { required?: boolean; content: Record<string, Content> };
	responses: Record<string, Answer>;
};

export type Content = { schema: JsonSchema; example?: unknown };

export type Answer = {
	description: string;
	headers?: Record<string, { description?: string; schema: JsonSchema }>;
	content?: Record<string, Content>;
};

export type OpenApiDocument = {
	openapi: "3.1.0";
	info: { title: string; version: string; description: string; license: { name: string } };
	servers: { url: string }[];
	tags: { name: string; description?: string }[];
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, unknown> };
};
