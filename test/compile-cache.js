// Keeps what was compiled of the sources in `.cache`, for the test runner, for every file that it runs
// and for every Onwax that those start: a third of the processor time of many tests is compiling.
import module from "node:module";
import { join } from "node:path";

process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "..", ".cache", "compiled");
module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
