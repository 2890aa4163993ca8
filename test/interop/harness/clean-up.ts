import { killAllDaemons } from "./daemon.ts";
import { removeScratch } from "./scratch.ts";

/** Leaves nothing behind; for `afterAll`. The network namespace goes with its last process. */
export async function cleanUp(): Promise<void> {
  await killAllDaemons();
  removeScratch();
}
