import { parentPort, workerData } from "node:worker_threads";
import type { CompactionSetup } from "./compaction-worker.ts";
import { checkActions } from "./datastore/action-owners.ts";
import type { ConfigPiece } from "./datastore/config-streams.ts";
import { DatastoreEngine } from "./datastore/engine.ts";
import { isConcurrent } from "./datastore/engine-api.ts";
import type { EngineCall, EngineReply, EngineSetup } from "./datastore/engine-messages.ts";
import { EngineProgress } from "./datastore/engine-progress.ts";
import { JobRunner, type RunnerCall } from "./datastore/job-runner.ts";
import { checkOwners } from "./datastore/unit-owners.ts";
import { RpcError } from "./errors/rpc-error.ts";
import { compactInThread } from "./storage/compaction-thread.ts";
import { Compactor } from "./storage/compactor.ts";
import { FileCommitHistory } from "./storage/file-commit-history.ts";
import type { StorageLog } from "./storage/log.ts";
import { loadSchema } from "./yang/schema.ts";

if (parentPort === null) throw new Error("datastore-worker runs as a worker thread only");
const port = parentPort;

/** The datastore's thread: one libyang instance, several calls at a time, slice by slice. */
function start(setup: EngineSetup): (call: EngineCall) => void {
  const { wasm, yangFolder, extraYangFiles: extraFiles, netconfFeatures } = setup;
  const schema = loadSchema(wasm, { yangFolder, extraFiles, netconfFeatures });
  const unitPaths = new Set(setup.unitPaths);
  checkOwners(schema, unitPaths);
  const actionPaths = new Set(setup.actionPaths);
  checkActions(schema, actionPaths);
  const history = new FileCommitHistory({ dataFolder: setup.dataFolder, log });
  const engine = new DatastoreEngine(schema, history, unitPaths, actionPaths);
  const compact = compactInThread(new URL("./compaction-worker.js", import.meta.url), schemaSetup(setup));
  const compactor = new Compactor({ history, compact, log });
  compactor.consider();
  const progress = new EngineProgress(setup.progress);
  const runner = new JobRunner((id) => progress.beginSlice(id));
  const committed = () => {
    runner.add(catchUpCall(engine));
    compactor.consider();
  };
  return (call) => runner.add(runnerCall(engine, call, committed));
}

const schemaSetup = ({ wasm, yangFolder, extraYangFiles }: EngineSetup): CompactionSetup => ({
  wasm,
  yangFolder,
  extraYangFiles,
});

function runnerCall(engine: DatastoreEngine, { id, method, args }: EngineCall, committed: () => void): RunnerCall {
  const call = engine[method] as (...values: readonly unknown[]) => unknown;
  return {
    id,
    isConcurrent: isConcurrent(method, args),
    begin: () => call.apply(engine, [...args]),
    done: (value) => {
      reply({ kind: "result", id, value });
      if (method === "finish") committed();
    },
    failed: (error) => reply(refusalOf(id, error)),
  };
}

/** A call of our own. */
const catchUpCall = (engine: DatastoreEngine): RunnerCall => ({
  id: 0,
  isConcurrent: false,
  begin: () => engine.catchUp(),
  done: () => {},
  failed: (error) => reply(refusalOf(0, error)),
});

/** A piece of a reply crosses without being copied. */
function buffersOf(message: EngineReply): ArrayBuffer[] {
  const bytes = message.kind === "result" ? (message.value as Partial<ConfigPiece> | undefined)?.bytes : undefined;
  return bytes instanceof Uint8Array && bytes.buffer instanceof ArrayBuffer && bytes.length > 0 ? [bytes.buffer] : [];
}

function refusalOf(id: number, error: unknown): EngineReply {
  if (error instanceof RpcError) return { kind: "refused", id, entries: error.entries };
  return { kind: "broken", id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

const outgoing: EngineReply[] = [];
/** Replies to calls that came together, or ended in one turn, are sent together. */
function reply(message: EngineReply): void {
  if (outgoing.push(message) > 1) return;
  queueMicrotask(() => {
    const replies = outgoing.splice(0);
    port.postMessage(replies, replies.flatMap(buffersOf));
  });
}
const log: StorageLog = (level, message, fields) => reply({ kind: "log", level, message, fields });
try {
  const serve = start(workerData as EngineSetup);
  port.on("message", (calls: readonly EngineCall[]) => {
    for (const call of calls) serve(call);
  });
  reply({ kind: "started" });
} catch (error) {
  reply({ kind: "failed-to-start", message: (error as Error).message });
}
