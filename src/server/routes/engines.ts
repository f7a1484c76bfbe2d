import type { Routes } from "../context.ts";

export const engineRoutes: Routes = () => {};
