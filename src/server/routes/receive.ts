import type { Routes } from "../context.ts";

export const receiveRoutes: Routes = () => {};
