/**
 * A compaction's thread without YANG: a change is text to be added at the end of the configuration. `setup` says what
 * is to go wrong.
 */
import { serveCompaction } from "../../dist/storage/compaction-thread.js";

serveCompaction((setup) => {
  if (setup === "throw") throw new Error("no schema");
  if (setup === "hang") for (;;);
  if (setup === "exit") process.exit(0);
  return ({ snapshot, changes }) => {
    if (setup === "refuse") throw new Error("commit 2 cannot be carried out");
    return { config: Buffer.concat([snapshot.config, ...changes.map(({ change }) => change)]), schemaId: "s" };
  };
});
