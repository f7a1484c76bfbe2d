import type { Routes } from "../context.ts";

export const auditRoutes: Routes = () => {};
