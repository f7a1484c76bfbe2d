import type { Routes } from "../context.ts";

export const accessRoutes: Routes = () => {};
