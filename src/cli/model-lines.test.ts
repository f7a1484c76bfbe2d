import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListedModel } from "../app/models.ts";
import { catalogue } from "../models/catalogue.ts";
import { modelLines } from "./model-lines.ts";
import type { Sheet } from "./output.ts";
import { displayWidth } from "./width.ts";

const sheet = (columns: number, isTerminal = true): Sheet => ({
	isTerminal,
	columns,
	width: Math.max(40, columns),
	paint: (_style, text) => text,
});

const listed: ListedModel[] = catalogue.map((known) => ({
	name: known.name,
	known,
	installed: { name: known.name, folder: "", sizeBytes: 1e9, card: null },
	isUsable: false,
	begunBytes: null,
	isDefault: true,
}));

test("no line of the list is wider than the terminal", () => {
	for (const columns of [30, 40, 60, 80, 100, 120]) {
		for (const model of listed) {
			for (const line of modelLines(model, 25, sheet(columns)))
				assert.ok(displayWidth(line) <= columns, `${columns}: ${line}`);
		}
	}
});

test("a file or a pipe gets two lines for each, whatever the width", () => {
	for (const model of listed) assert.equal(modelLines(model, 25, sheet(30, false)).length, 2);
});

test("a model that is here and cannot be used says so", () => {
	const [model] = listed as [ListedModel];
	assert.match(modelLines(model, 25, sheet(30)).join("\n"), /here, but not usable/);
	const usable = modelLines({ ...model, isUsable: true }, 25, sheet(100)).join("\n");
	assert.match(usable, /here, default/);
	assert.doesNotMatch(usable, /not usable/);
});
