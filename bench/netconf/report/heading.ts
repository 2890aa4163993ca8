import { isScratchInMemory } from "../../shared/processes/scratch.ts";
import { machineLine } from "../../shared/report/machine.ts";

/** Where it is measured, and how to read the tables. To be asked for before the measurements are a load themselves. */
export function heading(): string {
  return [
    machineLine().trimEnd(),
    isScratchInMemory ? "Configurations are in memory (tmpfs): commits cost no disk." : "Configurations are on disk.",
    "Times are p50 / p99, another session's waits p50 / p99 / longest; with fewer than 100 samples p99 is the longest.",
    "Server CPU is what all its processes and threads use for one operation.",
    "* the client was busy: the server could do more",
    "",
  ].join("\n");
}
