import type { Routes } from "../context.ts";

export const lexiconRoutes: Routes = () => {};
