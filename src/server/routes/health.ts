import type { Routes } from "../context.ts";

export const healthRoutes: Routes = () => {};
