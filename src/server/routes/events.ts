import type { Routes } from "../context.ts";

export const eventRoutes: Routes = () => {};
