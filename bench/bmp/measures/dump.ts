import { fileURLToPath } from "node:url";
import { Daemon } from "../../shared/processes/daemon.ts";
import type { RunningExporter } from "../exporters/exporter.ts";
import type { ConnectionReport, WholeTable } from "../sinks/sink-messages.ts";
import { Sinks } from "../sinks/sinks.ts";

const RAW_WRITER = fileURLToPath(new URL("./raw-writer-process.js", import.meta.url));
const US_PER_MS = 1_000;

/** What one dump to a number of collectors has taken. */
export interface Dump {
  /** From the first accepted connection to the last End-of-RIB. */
  readonly ms: number;
  /** Of all collectors. */
  readonly bytes: number;
  readonly messages: number;
  /** Prefixes, where they were counted. */
  readonly announced: number;
  /** Of the exporter. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Has an exporter tell its whole table to new collectors. `captureFile` gets what one of them was told. */
export async function measureDump(
  exporter: RunningExporter,
  collectors: number,
  whole: WholeTable,
  captureFile?: string,
): Promise<Dump> {
  const sinks = await Sinks.open({ collectors, whole, ...(captureFile === undefined ? {} : { captureFile }) });
  const cpuMsBefore = exporter.cpuMs();
  await exporter.setCollectors(sinks.ports);
  const connections = await sinks.complete();
  const cpuMs = exporter.cpuMs() - cpuMsBefore;
  const rssBytes = exporter.rssBytes();
  await exporter.setCollectors([]);
  await sinks.end();
  return { ...sumOf(connections), cpuMs, rssBytes };
}

/** The time that a bare writer needs for the same octets, in ms. */
export async function measureRawWriter(
  file: string,
  collectors: number,
  whole: WholeTable,
  folder: string,
): Promise<number> {
  const sinks = await Sinks.open({ collectors, whole });
  const writer = new Daemon("raw-writer", process.execPath, [RAW_WRITER, file, ...sinks.ports.map(String)], folder);
  const { ms } = sumOf(await sinks.complete());
  await writer.stop("SIGKILL");
  await sinks.end();
  return ms;
}

function sumOf(all: readonly ConnectionReport[]): Pick<Dump, "ms" | "bytes" | "messages" | "announced"> {
  const connections = all.filter(({ completeAtUs }) => completeAtUs !== undefined);
  const beganUs = Math.min(...connections.map(({ acceptedAtUs }) => acceptedAtUs));
  const endedUs = Math.max(...connections.map(({ completeAtUs }) => completeAtUs ?? 0));
  return {
    ms: (endedUs - beganUs) / US_PER_MS,
    bytes: connections.reduce((sum, { bytes }) => sum + bytes, 0),
    messages: connections.reduce((sum, { messages }) => sum + messages, 0),
    announced: connections.reduce((sum, { announced }) => sum + announced, 0),
  };
}
