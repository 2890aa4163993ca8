import { parseArgs } from "node:util";
import { benchMain } from "../shared/main.ts";
import { fullPlan, quickPlan } from "./plan.ts";
import { run } from "./run.ts";

await benchMain(async () => {
  const { values, positionals } = parseArgs({
    options: { quick: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  return run(values.quick ? quickPlan : fullPlan, positionals[0]);
});
// Failed measures may have left collectors.
process.exit();
