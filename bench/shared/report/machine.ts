import { cpus, loadavg, totalmem } from "node:os";
import { formatBytes } from "./format.ts";

/** Where it is measured. To be asked for before the measurements are a load themselves. */
export function machineLine(): string {
  const processors = cpus();
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return [
    `${processors.length} × ${processors[0]?.model ?? "CPU"}, ${formatBytes(totalmem())}, Node.js ${process.version}`,
    `Load average before: ${load}. The goals are meant for an idle machine.`,
    "",
  ].join("\n");
}
