import type { Routes } from "../context.ts";

export const webhookRoutes: Routes = () => {};
