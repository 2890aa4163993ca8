/**
 * Speaks the engine thread's protocol without an engine. Startup is a counter shared with the test: each new thread
 * adds one. `getConfig` obeys its argument; the other methods tell what they were called with.
 */
import { parentPort, workerData } from "node:worker_threads";

const starts = new Int32Array(workerData.starts);
const start = Atomics.add(starts, 0, 1);
const edits = [];

const progress = new Int32Array(workerData.progress);

function answer({ id, method, args }) {
  Atomics.store(progress, 0, id);
  Atomics.add(progress, 1, 1);
  const [order] = args;
  if (order === "hang") for (;;);
  if (order === "exit") process.exit(0);
  if (order === "throw")
    // Late enough for what was answered before to be on its way.
    setTimeout(() => {
      throw new Error("thrown outside a call");
    }, 20);
  if (order === "throw") return undefined;
  if (order === "answer-then-exit") setImmediate(() => process.exit(0));
  if (order === "break") return { kind: "broken", id, message: "unreachable" };
  if (order === "refuse")
    return { kind: "refused", id, entries: [{ type: "application", tag: "data-missing", message: "no" }] };
  if (method === "editCandidate") edits.push(args[0]);
  return { kind: "result", id, value: { start, method, args, edits } };
}

if (workerData.ending === "exit") process.exit(0);
if (workerData.ending === "hang-later" && start > 0) for (;;);
if (workerData.failures > start) {
  parentPort.postMessage([{ kind: "failed-to-start", message: "the stored configuration is wrong" }]);
} else {
  parentPort.on("message", (calls) => {
    for (const call of calls) {
      const reply = answer(call);
      // A thread that throws does not come to the calls behind.
      if (reply === undefined) return;
      parentPort.postMessage([reply]);
    }
  });
  parentPort.postMessage([{ kind: "started" }]);
}
