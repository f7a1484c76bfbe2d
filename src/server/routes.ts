import type { Routes } from "./context.ts";
import { accessRoutes } from "./routes/access.ts";
import { audioRoutes } from "./routes/audio.ts";
import { auditRoutes } from "./routes/audit.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { engineRoutes } from "./routes/engines.ts";
import { eventRoutes } from "./routes/events.ts";
import { healthRoutes } from "./routes/health.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { lexiconRoutes } from "./routes/lexicons.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { modelRoutes } from "./routes/models.ts";
import { openaiRoutes } from "./routes/openai.ts";
import { openapiRoutes } from "./routes/openapi.ts";
import { receiveRoutes } from "./routes/receive.ts";
import { recordingDeedRoutes } from "./routes/recording-deeds.ts";
import { recordingFormatRoutes } from "./routes/recording-format.ts";
import { recordingTextRoutes } from "./routes/recording-text.ts";
import { recordingRoutes } from "./routes/recordings.ts";
import { serviceJobRoutes } from "./routes/service-jobs.ts";
import { sessionRoutes } from "./routes/session.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { storageRoutes } from "./routes/storage.ts";
import { transcriptRoutes } from "./routes/transcripts.ts";
import { uploadEventRoutes } from "./routes/upload-events.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** All routes there are, by what they are about. */
export const allRoutes: readonly Routes[] = [
	// First: it hears of all that come after it.
	openapiRoutes,
	accessRoutes,
	auditRoutes,
	uploadRoutes,
	uploadEventRoutes,
	receiveRoutes,
	recordingFormatRoutes,
	recordingRoutes,
	recordingDeedRoutes,
	recordingTextRoutes,
	audioRoutes,
	transcriptRoutes,
	bulkRoutes,
	eventRoutes,
	jobRoutes,
	storageRoutes,
	engineRoutes,
	modelRoutes,
	lexiconRoutes,
	settingsRoutes,
	serviceJobRoutes,
	openaiRoutes,
	healthRoutes,
	metricsRoutes,
	webhookRoutes,
	sessionRoutes,
];
