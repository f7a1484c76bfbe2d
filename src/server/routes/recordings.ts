import type { Routes } from "../context.ts";

export const recordingRoutes: Routes = () => {};
