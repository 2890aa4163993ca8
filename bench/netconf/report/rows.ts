import { mapOutcome, type Outcome } from "../../shared/outcome.ts";
import { formatAllMs, formatBytes, formatCount, formatMs } from "../../shared/report/format.ts";
import type { OperationResult, SizeResult } from "../measures/results.ts";
import type { Memory } from "../servers/server.ts";
import { memoryPerEntry } from "./memory-per-entry.ts";

/** Client load from which on the rate says more of the client than of the server. */
const CLIENT_BOUND = 0.85;

/** A line of a table. */
export interface Row {
  readonly label: string;
  readonly cell: (result: SizeResult) => Outcome<string>;
}

type OperationName = "modify" | "create" | "delete" | "bulk" | "readAll" | "readOne" | "large";

const operationLabels: readonly (readonly [OperationName, string])[] = [
  ["modify", "modify one + commit"],
  ["create", "create one + commit"],
  ["delete", "delete one + commit"],
  ["bulk", "bulk of all + commit"],
  ["readAll", "get-config of all"],
  ["readOne", "filtered read by key"],
  ["large", "edit of 8 MB + discard"],
];

const times = ({ times: { p50Ms, p99Ms } }: OperationResult): string => formatAllMs([p50Ms, p99Ms]);

const waits = ({ waits: { p50Ms, p99Ms, maxMs } }: Pick<OperationResult, "waits">): string =>
  formatAllMs([p50Ms, p99Ms, maxMs]);

const rowsOf = (
  title: string,
  show: (result: OperationResult) => string,
  names: readonly OperationName[],
): readonly Row[] =>
  operationLabels
    .filter(([name]) => names.includes(name))
    .map(([name, label]) => ({ label: `${title}${label}`, cell: (result) => mapOutcome(result[name], show) }));

const rss = ({ rssBytes }: Memory): string => formatBytes(rssBytes);

const ALL = operationLabels.map(([name]) => name);

/** What the tables of all servers show. */
export const rows: readonly Row[] = [
  ...rowsOf("", times, ALL),
  {
    label: "filtered reads, pipelined",
    cell: ({ pipeline }) =>
      mapOutcome(
        pipeline,
        ({ perSecond, clientLoad }) => `${formatCount(perSecond)}/s${clientLoad > CLIENT_BOUND ? " *" : ""}`,
      ),
  },
  ...rowsOf("server CPU: ", ({ cpuMs }) => formatMs(cpuMs), ALL),
  ...rowsOf("wait: ", waits, ALL),
  { label: "wait: filtered reads, pipelined", cell: ({ pipeline }) => mapOutcome(pipeline, waits) },
  { label: "RSS with one entry", cell: ({ emptyMemory }) => mapOutcome(emptyMemory, rss) },
  { label: "RSS after all of this", cell: ({ loadedMemory }) => mapOutcome(loadedMemory, rss) },
  { label: "  growth per entry", cell: (result) => mapOutcome(memoryPerEntry(result, "rssBytes"), formatBytes) },
  { label: "  of this in wasm", cell: (result) => mapOutcome(memoryPerEntry(result, "wasmBytes"), formatBytes) },
  { label: "RSS after start from disk", cell: ({ restart }) => mapOutcome(restart, ({ memory }) => rss(memory)) },
  { label: "start from disk", cell: ({ restart }) => mapOutcome(restart, ({ startMs }) => formatMs(startMs)) },
];
