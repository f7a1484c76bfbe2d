import type { Routes } from "../context.ts";

export const metricsRoutes: Routes = () => {};
