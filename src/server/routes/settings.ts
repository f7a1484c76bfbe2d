import type { Routes } from "../context.ts";

export const settingsRoutes: Routes = () => {};
