import { createPublisher, type Published } from "../library/publisher.ts";
import type { Staged } from "../library/stage.ts";
import { enqueueAll, jobsAfterPublish } from "../pipeline/pipeline.ts";
import { correlationParameters } from "../telemetry/correlation.ts";
import { inSpan } from "../telemetry/spans.ts";
import type { App } from "./open-app.ts";

export type PublishWith = {
	/** @param parameters of the transcription that follows */
	publish(staged: Staged, parameters?: Record<string, string>): Promise<Published>;
};

/** Publishes recordings together with the jobs that follow, which carry whose request they are. */
export function publisherOf({ library }: Pick<App, "library">): PublishWith {
	// Several requests share one transaction, in which nobody's request is the current one.
	const causes = new Map<string, Record<string, string>>();
	const publisher = createPublisher(library, (tx, published) =>
		enqueueAll(tx, published, (metadata) => jobsAfterPublish(metadata, causes.get(metadata.name))),
	);
	return {
		async publish(staged, parameters = {}) {
			const { name } = staged.metadata;
			causes.set(name, { ...parameters, ...correlationParameters() });
			try {
				return await inSpan("library.publish", {}, () => publisher.publish(staged));
			} finally {
				causes.delete(name);
			}
		},
	};
}
