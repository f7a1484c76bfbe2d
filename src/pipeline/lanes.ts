/**
 * Does `count` pieces of work, at most `lanes` at a time, in order of their index. The first failure
 * is thrown when all that was begun has ended; nothing new is begun after it.
 */
export async function inLanes(
	lanes: number,
	count: number,
	work: (index: number) => Promise<void>,
): Promise<void> {
	let next = 0;
	const failures: unknown[] = [];
	const lane = async () => {
		while (next < count && failures.length === 0) {
			const index = next;
			next += 1;
			try {
				await work(index);
			} catch (error) {
				failures.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: Math.min(lanes, count) }, lane));
	if (failures.length > 0) throw failures[0];
}
