import { testEveryStep } from "./every-step.ts";

testEveryStep("ENOSPC+");
