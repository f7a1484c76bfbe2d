import type { Routes } from "../context.ts";

export const openapiRoutes: Routes = () => {};
