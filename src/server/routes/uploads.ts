import type { Routes } from "../context.ts";

export const uploadRoutes: Routes = () => {};
