import { constants } from "node:os";
import { parseArgs } from "node:util";
import { fullPlan, quickPlan } from "./plan.ts";
import { run } from "./run.ts";
import { killAllDaemons } from "./servers/daemon.ts";
import { removeScratch } from "./servers/scratch.ts";

const EXIT_FAILED = 2;

process.on("exit", () => {
  killAllDaemons();
  removeScratch();
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]));

try {
  const { values } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
  process.exitCode = (await run(values.quick ? quickPlan : fullPlan)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).stack}\n`);
  process.exitCode = EXIT_FAILED;
}
