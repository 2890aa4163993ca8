import { parentPort, workerData } from "node:worker_threads";
import { DatastoreEngine } from "./datastore/engine.ts";
import type { EngineCall, EngineReply, EngineSetup } from "./datastore/engine-messages.ts";
import { checkOwners } from "./datastore/unit-owners.ts";
import { RpcError } from "./errors/rpc-error.ts";
import { FileCommitHistory } from "./storage/file-commit-history.ts";
import { loadSchema } from "./yang/schema.ts";

/** The datastore's thread: one libyang instance, one call after the other. */
function start(setup: EngineSetup): DatastoreEngine {
  const schema = loadSchema(setup.wasm, { yangFolder: setup.yangFolder, extraFiles: setup.extraYangFiles });
  const unitPaths = new Set(setup.unitPaths);
  checkOwners(schema, unitPaths);
  return new DatastoreEngine(schema, new FileCommitHistory(setup.dataFolder), unitPaths);
}

function answer(engine: DatastoreEngine, { id, method, args }: EngineCall): EngineReply {
  try {
    const call = engine[method] as (...values: readonly unknown[]) => unknown;
    return { kind: "result", id, value: call.apply(engine, [...args]) };
  } catch (error) {
    if (error instanceof RpcError) return { kind: "refused", id, entries: error.entries };
    return { kind: "broken", id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

const port = parentPort;
if (port === null) throw new Error("datastore-worker runs as a worker thread only");
const reply = (message: EngineReply) => port.postMessage(message);
try {
  const engine = start(workerData as EngineSetup);
  port.on("message", (call: EngineCall) => reply(answer(engine, call)));
  reply({ kind: "started" });
} catch (error) {
  reply({ kind: "failed-to-start", message: (error as Error).message });
}
