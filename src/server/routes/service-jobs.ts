import type { Routes } from "../context.ts";

export const serviceJobRoutes: Routes = () => {};
