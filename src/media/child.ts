/**
 * The process in which FFmpeg runs. It may crash, hang or eat memory on a malformed file, and then
 * it alone dies; the program asks for the next file in a new one. One request at a time.
 */
import { serveRequests } from "../processes/serve-requests.ts";
import { compressFlac } from "./compress-flac.ts";
import { compressOpus } from "./compress-opus.ts";
import { decode } from "./decode.ts";
import type { MediaRequest, Progress } from "./messages.ts";
import { peaks } from "./peaks.ts";
import { probe } from "./probe.ts";
import { rebuildWav } from "./rebuild-wav.ts";

serveRequests(async (request: MediaRequest, report: (progress: Progress) => void) => {
	switch (request.verb) {
		case "probe":
			return probe(request.path, report);
		case "decode":
			return decode(request.path, request.target, report);
		case "peaks":
			return peaks(request.path, request.target, report);
		case "compress":
			return request.target.format === "flac"
				? compressFlac(request.path, request.target, report)
				: compressOpus(request.path, request.target, report);
		case "rebuildWav":
			return rebuildWav(request.path, request.source, request.outputPath, report);
	}
});
