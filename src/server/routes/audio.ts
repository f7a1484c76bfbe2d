import type { Routes } from "../context.ts";

export const audioRoutes: Routes = () => {};
