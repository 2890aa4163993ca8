/**
 * Speaks the plane thread's protocol without engines: `state` tells what was applied; a unit named "die" ends it, an
 * action on "silent" gets no answer. With `starts`, a counter shared by all threads, any but the first answers `start`
 * only when it is asked for its state.
 */
import { parentPort, workerData } from "node:worker_threads";

const applied = [];
const isSlow = workerData.starts !== undefined && Atomics.add(new Int32Array(workerData.starts), 0, 1) > 0;
let held;
parentPort.on("message", (request) => {
  if (request.kind === "apply") {
    applied.push(request.change.map(({ keys }) => keys.join(",")));
    if (request.change.some(({ keys }) => keys[0] === "die") && applied.length > 1) throw new Error("the plane broke");
    return;
  }
  if (request.kind === "action") {
    const [name] = request.call.keys;
    if (name !== "silent") parentPort.postMessage({ kind: "done", id: request.id, value: { for: name } });
    return;
  }
  if (request.kind === "start" && isSlow) {
    held = { kind: "done", id: request.id, value: [] };
    return;
  }
  if (request.kind === "state" && held !== undefined) {
    parentPort.postMessage(held);
    held = undefined;
  }
  if (request.kind === "state")
    parentPort.postMessage({ kind: "done", id: request.id, value: [JSON.stringify(applied)] });
  else if (request.kind === "start") parentPort.postMessage({ kind: "done", id: request.id, value: [] });
  else if (request.kind === "prepare" && request.change.some(({ keys }) => keys[0] === "no")) {
    parentPort.postMessage({
      kind: "refused",
      id: request.id,
      entries: [{ type: "application", tag: "operation-failed", message: "no" }],
    });
  } else if (request.kind === "prepare" && request.change.some(({ keys }) => keys[0] === "silent")) return;
  else parentPort.postMessage({ kind: "done", id: request.id, value: undefined });
});
