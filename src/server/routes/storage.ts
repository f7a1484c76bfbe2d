import type { Routes } from "../context.ts";

export const storageRoutes: Routes = () => {};
