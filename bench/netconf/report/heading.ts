import { cpus, loadavg, totalmem } from "node:os";
import { isScratchInMemory } from "../servers/scratch.ts";
import { formatBytes } from "./format.ts";

/** Where it is measured, and how to read the tables. To be asked for before the measurements are a load themselves. */
export function heading(): string {
  const processors = cpus();
  const disk = isScratchInMemory ? "configurations in memory (tmpfs): commits cost no disk" : "configurations on disk";
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return [
    `${processors.length} × ${processors[0]?.model ?? "CPU"}, ${formatBytes(totalmem())}, Node.js ${process.version}; ${disk}`,
    `Load average before: ${load}. The goals are meant for an idle machine.`,
    "Times are p50 / p99, another session's waits p50 / p99 / longest; with fewer than 100 samples p99 is the longest.",
    "Server CPU is what all its processes and threads use for one operation.",
    "* the client was busy: the server could do more",
    "",
  ].join("\n");
}
