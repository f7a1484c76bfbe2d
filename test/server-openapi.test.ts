import assert from "node:assert/strict";
import { test } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { OpenApiDocument } from "../src/server/openapi/openapi.ts";
import { startTempService } from "./temp-service.ts";

test("the description is valid OpenAPI 3.1, has every address, and says who may call it", async (t) => {
	const { url } = await startTempService(t);
	const response = await fetch(`${url}/api/openapi.json`);
	assert.equal(response.status, 200);
	const document = (await response.json()) as OpenApiDocument;
	assert.equal(document.openapi, "3.1.0");
	const { valid, errors } = await new Validator().validate(structuredClone(document));
	assert.ok(valid, JSON.stringify(errors, null, 2)?.slice(0, 2000));

	// Asked from outside: an address that is served and not described would be missing here.
	for (const [method, path] of [
		["get", "/api/v1/events"],
		["get", "/api/v1/jobs"],
		["get", "/api/v1/status"],
		["patch", "/api/v1/settings"],
		["put", "/api/v1/lexicons/{name}"],
		["post", "/api/v1/models/{name}/pull"],
		["post", "/jobs"],
		["get", "/jobs/{id}/result"],
		["get", "/storage/stats"],
		["post", "/admin/cleanup"],
		["get", "/api/v1/session"],
	] as const) {
		const operation = document.paths[path]?.[method];
		assert.ok(operation, `${method} ${path}`);
		assert.ok(operation.security.length > 0, `${method} ${path} says who may`);
		const refused = operation.responses.default?.content?.["application/problem+json"];
		assert.deepEqual(refused?.schema, { $ref: "#/components/schemas/Problem" });
	}
	assert.deepEqual(document.paths["/api/v1/session"]?.post?.security, []);

	const ids = Object.values(document.paths).flatMap((operations) =>
		Object.values(operations).map(({ operationId }) => operationId),
	);
	assert.equal(new Set(ids).size, ids.length);

	const text = JSON.stringify(document);
	const named = new Set(Object.keys(document.components.schemas));
	for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
		assert.ok(named.has(name), `${name} is referred to and not there`);
	}
	assert.doesNotMatch(text, /#onwax|MAX_SAFE|9007199254740991/);
});

test("the readable page names every operation, and needs neither script nor style in it", async (t) => {
	const { url } = await startTempService(t);
	const document = (await (await fetch(`${url}/api/openapi.json`)).json()) as OpenApiDocument;
	const response = await fetch(`${url}/api/docs`);
	assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
	const page = await response.text();
	for (const operations of Object.values(document.paths)) {
		for (const { operationId } of Object.values(operations)) {
			assert.ok(page.includes(`id="${operationId}"`), operationId);
		}
	}
	assert.doesNotMatch(page, /<script|style=|\son\w+=|<style|https?:\/\/(?!127)/);
	for (const [, id] of page.matchAll(/href="#(type-[^"]+)"/g)) {
		assert.ok(page.includes(`id="${id}"`), id);
	}
	const style = await fetch(`${url}/api/docs.css`);
	assert.match(style.headers.get("content-type") ?? "", /^text\/css/);
});

test("every address of the API is described", async (t) => {
	const { url } = await startTempService(t);
	const { paths } = (await (await fetch(`${url}/api/openapi.json`)).json()) as OpenApiDocument;
	const described = Object.entries(paths).flatMap(([path, operations]) =>
		Object.keys(operations).map((method) => `${method} ${path}`),
	);
	const written = await routesInSource();
	const missing = written.filter((one) => !described.includes(one));
	assert.deepEqual(missing, []);
	assert.ok(written.length > 20);
	assert.ok(!described.some((one) => one.startsWith("get /{path}")));
});

/** Every `server.get("/…")` and the like that the files of routes hold. */
async function routesInSource(): Promise<string[]> {
	const { globSync, readFileSync } = await import("node:fs");
	const root = new URL("../src/server/", import.meta.url).pathname;
	const found: string[] = [];
	for (const file of globSync("routes/*.ts", { cwd: root })) {
		const source = readFileSync(`${root}${file}`, "utf8");
		const calls = source.matchAll(
			/\.(get|put|post|patch|delete)(?:<[^>]*>)?\(\s*"(\/(?:api|v1|jobs|storage|admin|health)[^"]*)"/g,
		);
		for (const [, method, path = ""] of calls) {
			if (path.endsWith(".css")) continue;
			found.push(`${method} ${path.replace(/:(\w+)/g, "{$1}").replace("*", "{path}")}`);
		}
	}
	return found;
}
