import { constants } from "node:os";
import { killAllDaemons } from "./processes/daemon.ts";
import { removeScratch } from "./processes/scratch.ts";

const EXIT_FAILED = 2;

/** Runs a bench and leaves nothing behind. The exit code: 0 = no goal was missed, 1 = some were, 2 = the bench failed. */
export async function benchMain(run: () => Promise<boolean>): Promise<void> {
  process.on("exit", () => {
    killAllDaemons();
    removeScratch();
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  try {
    process.exitCode = (await run()) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).stack}\n`);
    process.exitCode = EXIT_FAILED;
  }
}
