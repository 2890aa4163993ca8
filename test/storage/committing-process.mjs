/**
 * Commits without end, and says each id once it is on disk: `node committing-process.mjs FOLDER`. Snapshots are made
 * every few commits, in a thread, as the server does it.
 */
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { compactInThread } from "../../dist/storage/compaction-thread.js";
import { Compactor } from "../../dist/storage/compactor.js";
import { FileCommitHistory } from "../../dist/storage/file-commit-history.js";

const log = (level, message, { error }) => {
  if (level === "error") throw new Error(message, { cause: error });
};
const history = new FileCommitHistory({ dataFolder: process.argv[2], log, limits: { changesBytes: 4000 } });
const workerUrl = new URL("./appending-worker.mjs", import.meta.url);
const compactor = new Compactor({ history, compact: compactInThread(workerUrl, ""), log, quietMs: 0 });

let last = history.load()?.newest.id ?? 0;
if (last === 0) history.begin(Buffer.from("0"));
for (;;) {
  last++;
  const record = { id: last, time: new Date().toISOString(), username: "admin", sessionId: 1 };
  history.append({ record, change: Buffer.from(`<a>${last}</a>`) });
  writeSync(1, `${last}\n`);
  compactor.consider();
  await setImmediate();
}
