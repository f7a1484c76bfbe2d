import type { Routes } from "../context.ts";

export const modelRoutes: Routes = () => {};
