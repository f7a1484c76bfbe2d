import type { Routes } from "../context.ts";

export const jobRoutes: Routes = () => {};
