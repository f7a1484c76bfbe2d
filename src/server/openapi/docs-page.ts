import type { OpenApiDocument, Operation } from "./openapi.ts";
import type { JsonSchema } from "./schemas.ts";
import { typeText } from "./type-text.ts";

/** The API to be read, as one page without a script. */
export function docsPage(document: OpenApiDocument): string {
	const byTag = new Map<string, [method: string, path: string, operation: Operation][]>();
	for (const [path, operations] of Object.entries(document.paths)) {
		for (const [method, operation] of Object.entries(operations)) {
			const tag = operation.tags[0] ?? "Service";
			byTag.set(tag, [...(byTag.get(tag) ?? []), [method.toUpperCase(), path, operation]]);
		}
	}
	const tags = [...byTag.keys()].sort();
	const { title, version, description } = document.info;
	const types = Object.entries(document.components.schemas);
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The API of ${escaped(title)}</title>
<link rel="stylesheet" href="/api/docs.css">
</head>
<body>
<header><h1>The API of ${escaped(title)}</h1>
<p>Version ${escaped(version)}. ${prose(description)}</p>
<p>The same for programs: <a href="/api/openapi.json">openapi.json</a>.</p>
<pre><code>curl -H 'Authorization: Bearer onwax_…' http://127.0.0.1:1877/api/v1/recordings?limit=5</code></pre>
</header>
<nav aria-label="Sections"><ul>
${tags.map((tag) => `<li><a href="#${anchor(tag)}">${escaped(tag)}</a></li>`).join("\n")}
<li><a href="#types">Types</a></li>
</ul></nav>
<main>
${tags.map((tag) => sectionOf(tag, byTag.get(tag) ?? [])).join("\n")}
<section id="types"><h2>Types</h2>
${types.map(([name, schema]) => typeOf(name, schema)).join("\n")}
</section>
</main>
</body>
</html>
`;
}

function sectionOf(tag: string, operations: [string, string, Operation][]): string {
	const all = operations.map(([method, path, operation]) => operationOf(method, path, operation));
	return `<section id="${anchor(tag)}"><h2>${escaped(tag)}</h2>\n${all.join("\n")}\n</section>`;
}

function operationOf(method: string, path: string, operation: Operation): string {
	const { summary, description, parameters = [], requestBody, responses } = operation;
	const parts = [description ? `<p>${prose(description)}</p>` : ""];
	if (parameters.length > 0) {
		const rows = parameters.map(
			({ name, in: place, required, description: about, schema }) =>
				`<tr><th scope="row"><code>${escaped(name)}</code></th><td>${place}${required ? ", required" : ""}</td><td><code>${linked(typeText(schema))}</code>${about ? ` ${prose(about)}` : ""}</td></tr>`,
		);
		parts.push(`<table><tbody>${rows.join("")}</tbody></table>`);
	}
	for (const [type, { schema, example }] of Object.entries(requestBody?.content ?? {})) {
		parts.push(`<h4>Send <code>${escaped(type)}</code></h4>`, block(schema));
		if (example !== undefined) {
			parts.push(`<pre><code>${escaped(JSON.stringify(example, null, 2))}</code></pre>`);
		}
	}
	for (const [status, answer] of Object.entries(responses)) {
		if (status === "default") continue;
		parts.push(`<h4>${escaped(status)} <span>${prose(answer.description)}</span></h4>`);
		for (const { schema } of Object.values(answer.content ?? {})) parts.push(block(schema));
	}
	return `<details id="${escaped(operation.operationId)}"><summary><b class="${method.toLowerCase()}">${method}</b> <code>${escaped(path)}</code> <span>${escaped(summary)}</span></summary>\n${parts.filter(Boolean).join("\n")}\n</details>`;
}

function typeOf(name: string, schema: JsonSchema): string {
	// The id is inside: whoever follows a link to it finds it opened.
	return `<details><summary><code>${escaped(name)}</code></summary>\n<div id="type-${escaped(name)}">${block(schema)}</div>\n</details>`;
}

function block(schema: JsonSchema): string {
	if (Object.keys(schema).length === 0) return "";
	return `<pre><code>${linked(typeText(schema))}</code></pre>`;
}

/** Names of types lead to them. */
function linked(text: string): string {
	return escaped(text).replace(
		/&lt;&lt;([\w.-]+)&gt;&gt;/g,
		(_, name: string) => `<a href="#type-${name}">${name}</a>`,
	);
}

function prose(text: string): string {
	return escaped(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function anchor(tag: string): string {
	return tag.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}

function escaped(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;");
}

export const docsStyle = `:root { color-scheme: light dark; --ink: #211d18; --soft: #675f54; --paper: #fbfaf8; --line: #e4dfd6; --amber: #935c00; }
@media (prefers-color-scheme: dark) { :root { --ink: #ece7df; --soft: #aaa196; --paper: #171512; --line: #39342d; --amber: #e3a951; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 6rem; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif; }
h1 { font-weight: 600; letter-spacing: -0.02em; }
h2 { margin: 3rem 0 0.5rem; font-size: 1.25rem; }
h4 { margin: 1.25rem 0 0.25rem; font-size: 0.875rem; }
h4 span, summary span { color: var(--soft); font-weight: 400; }
a { color: var(--amber); }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 1.5rem 0; padding: 0; list-style: none; }
code { font: 0.875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { overflow-x: auto; margin: 0.5rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; }
details { border-top: 1px solid var(--line); padding: 0.5rem 0; }
summary { cursor: pointer; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--amber); outline-offset: 2px; }
summary b { display: inline-block; min-width: 4.5rem; font-size: 0.8125rem; font-variant-numeric: tabular-nums; color: var(--amber); }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; text-align: left; vertical-align: top; font-weight: 400; }
td:nth-child(2) { color: var(--soft); white-space: nowrap; }
`;
