import { parseArgs } from "node:util";
import { benchMain } from "../shared/main.ts";
import { fullPlan, quickPlan } from "./plan.ts";
import { run } from "./run.ts";

await benchMain(async () => {
  const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
  return run(values.quick ? quickPlan : fullPlan);
});
