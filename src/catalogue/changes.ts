import type { CatalogueDatabase } from "./catalogue.ts";

export async function claimChange(
	tx: CatalogueDatabase,
	name: string,
	writer: string,
): Promise<string | null> {
	const { numInsertedOrUpdatedRows } = await tx
		.insertInto("changes")
		.values({ name, writer, started_at: new Date().toISOString() })
		.onConflict((conflict) => conflict.column("name").doNothing())
		.executeTakeFirstOrThrow();
	if (numInsertedOrUpdatedRows === 1n) return null;
	const holder = await tx
		.selectFrom("changes")
		.select("writer")
		.where("name", "=", name)
		.executeTakeFirstOrThrow();
	return holder.writer;
}

export async function takeOverChange(
	db: CatalogueDatabase,
	name: string,
	from: string,
	to: string,
): Promise<boolean> {
	const { numUpdatedRows } = await db
		.updateTable("changes")
		.set({ writer: to, started_at: new Date().toISOString() })
		.where("name", "=", name)
		.where("writer", "=", from)
		.executeTakeFirstOrThrow();
	return numUpdatedRows === 1n;
}

export async function releaseChange(
	db: CatalogueDatabase,
	name: string,
	writer: string,
): Promise<void> {
	await db.deleteFrom("changes").where("name", "=", name).where("writer", "=", writer).execute();
}
