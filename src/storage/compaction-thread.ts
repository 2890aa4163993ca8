import { parentPort, Worker, workerData } from "node:worker_threads";
import { type CompactionJob, compact, type Replay } from "./compact.ts";
import { storageLimits } from "./limits.ts";

interface CompactionTask {
  readonly job: CompactionJob;
  /** What the thread needs for its replay. */
  readonly setup: unknown;
}

type CompactionReport =
  | { readonly kind: "done"; readonly bytes: number }
  | { readonly kind: "failed"; readonly message: string };

/**
 * Does compactions in threads of their own, started for one job and ended after it: what the replay needs is there only
 * so long. `workerUrl` is a module that calls `serveCompaction`; it gets `setup`.
 */
export function compactInThread(
  workerUrl: URL,
  setup: unknown,
  limitMs: number = storageLimits.compactionMs,
): (job: CompactionJob) => Promise<number> {
  return async (job) => {
    const task: CompactionTask = { job, setup };
    const worker = new Worker(workerUrl, { workerData: task });
    try {
      return await reportOf(worker, limitMs);
    } finally {
      await worker.terminate();
    }
  };
}

function reportOf(worker: Worker, limitMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`It took longer than ${limitMs} ms`)), limitMs);
    worker.once("exit", () => {
      clearTimeout(timer);
      reject(new Error("The thread ended"));
    });
    worker.on("error", reject);
    worker.once("message", (report: CompactionReport) => {
      if (report.kind === "done") resolve(report.bytes);
      else reject(new Error(report.message));
    });
  });
}

/** The thread's side: does the one job it was started for. */
export function serveCompaction<Setup>(prepare: (setup: Setup) => Replay): void {
  if (parentPort === null) throw new Error("A compaction runs as a worker thread only");
  const { job, setup } = workerData as CompactionTask & { readonly setup: Setup };
  parentPort.postMessage(report(job, () => prepare(setup)));
}

function report(job: CompactionJob, prepare: () => Replay): CompactionReport {
  try {
    return { kind: "done", bytes: compact(job, prepare()) };
  } catch (error) {
    return { kind: "failed", message: (error as Error).message };
  }
}
