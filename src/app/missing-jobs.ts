import { isWriterAlive } from "../archive/writer.ts";
import { releaseFrom } from "../jobs/queue.ts";
import type { Library } from "../library/library.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";

const pageSize = 500;

/**
 * Queues what a crash or a lost catalogue left without a job: every recording that waits for its
 * text has one. Jobs of workers that died are free again at once.
 */
export async function enqueueMissing(library: Library): Promise<void> {
	const { catalogue } = library;
	const holders = await catalogue.db
		.selectFrom("jobs")
		.select("writer")
		.distinct()
		.where("state", "=", "running")
		.execute();
	const dead: string[] = [];
	for (const { writer } of holders) {
		if (writer !== null && !(await isWriterAlive(library.layout, writer))) dead.push(writer);
	}
	await releaseFrom(catalogue.db, dead);
	for (let before: string | undefined; ; ) {
		const page = await catalogue.list({ state: "pending", limit: pageSize, before });
		const pending = page.recordings.map((one) => one.metadata);
		await catalogue.transaction((tx) => enqueueAll(tx, pending, jobsAfterPublish));
		if (page.next === null) return;
		before = page.next;
	}
}
