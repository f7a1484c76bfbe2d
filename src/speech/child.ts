/**
 * The process in which speech models run. They are native code and may crash, hang or eat memory, and
 * then this process alone dies.
 */
import { serveRequests } from "../processes/serve-requests.ts";
import { diarise } from "./diarise.ts";
import { listen } from "./listen.ts";
import { recognise } from "./recognise.ts";
import type { SpeechRequest } from "./requests.ts";

serveRequests(async (request: SpeechRequest, report) => {
	switch (request.verb) {
		case "listen":
			return listen(request.wavPath, report);
		case "recognise":
			return recognise(request, report);
		case "diarise":
			return diarise(request, report);
	}
});
