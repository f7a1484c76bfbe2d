/** Does something with every item, a few at a time, and gives the results in their order. */
export async function inParallel<Item, Result>(
	items: readonly Item[],
	atOnce: number,
	work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = new Array(items.length);
	let next = 0;
	const lane = async () => {
		for (let index = next++; index < items.length; index = next++) {
			results[index] = await work(items[index] as Item);
		}
	};
	await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
	return results;
}
