import type { Routes } from "../context.ts";

export const bulkRoutes: Routes = () => {};
