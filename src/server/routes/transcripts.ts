import type { Routes } from "../context.ts";

export const transcriptRoutes: Routes = () => {};
