import { exitCodes } from "./commands/command.ts";
import { formatHostPort, type HostPort, type ServeArguments } from "./commands/serve-arguments.ts";
import { withAdvice } from "./commands/system-advice.ts";
import { prepareLab, startLab } from "./lab-mode.ts";
import { JsonLog } from "./observe/json-log.ts";
import type { Log } from "./observe/log.ts";
import { withProgress } from "./observe/progress.ts";
import { BindError, type Endpoints, Server } from "./server.ts";
import { tellServiceManager } from "./service-manager.ts";
import { claimDataFolder, DataFolderError } from "./storage/data-folder.ts";

/** Time that ending all sessions may take before the process ends anyway, in ms. */
const STOP_MS = 4_500;

/** Runs the server until SIGTERM or SIGINT ends it. Returns the exit code. */
export async function serve(given: ServeArguments): Promise<number> {
  const journal = new JsonLog();
  try {
    return await serveWith(given, journal);
  } catch (error) {
    process.stderr.write(`bmpconfd: ${withAdvice(error)}\n`);
    return exitCodeOf(error);
  } finally {
    await journal.close();
  }
}

async function serveWith(given: ServeArguments, journal: JsonLog): Promise<number> {
  process.once("exit", claimDataFolder(given.dataFolder));
  process.on("SIGHUP", () => journal.reopen());
  logOurFaults(journal.log);
  const signal = new Promise<string>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"]) process.once(name, resolve);
  });
  if (given.isLab) await prepareLab(given.dataFolder, journal.log);
  const server = await Server.create({ ...given, log: journal.log });
  const { dataFolder } = given;
  const endpoints = await withProgress(server.start(), (seconds) =>
    journal.log("info", "still starting: the stored configuration is read and validated", { dataFolder, seconds }),
  );
  process.stdout.write(`${readyLine(endpoints)}\n`);
  tellServiceManager("READY=1", journal.log);
  const lab = given.isLab ? await startLab(endpoints, journal.log) : undefined;
  journal.log("info", "stopping", { signal: await signal });
  tellServiceManager("STOPPING=1", journal.log);
  const limit = new Promise((resolve) => setTimeout(resolve, STOP_MS));
  // The lab's collector outlives the server, so that it shows how the session ends.
  await Promise.race([server.stop().then(() => lab?.stop()), limit]);
  return exitCodes.ok;
}

function readyLine({ netconf, bgp, metrics }: Endpoints): string {
  const text = (addresses: readonly HostPort[]) => addresses.map(formatHostPort);
  return JSON.stringify({
    ready: true,
    pid: process.pid,
    netconf: text(netconf),
    bgp: text(bgp),
    metrics: text(metrics),
  });
}

/** A promise that nobody awaited is our own fault, but no reason to end everybody's sessions. */
function logOurFaults(log: Log): void {
  process.on("unhandledRejection", (error) => log("error", "unhandled rejection", { error }));
}

function exitCodeOf(error: unknown): number {
  return error instanceof BindError || error instanceof DataFolderError
    ? exitCodes.noDataFolder
    : exitCodes.badConfiguration;
}
