import { testEveryStep } from "./every-step.ts";

testEveryStep("kill");
