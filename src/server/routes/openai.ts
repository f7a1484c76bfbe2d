import type { Routes } from "../context.ts";

export const openaiRoutes: Routes = () => {};
