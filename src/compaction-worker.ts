import { replay } from "./datastore/stored-configuration.ts";
import { serveCompaction } from "./storage/compaction-thread.ts";
import { loadSchema } from "./yang/schema.ts";

/** What the thread needs to read what is stored. */
export interface CompactionSetup {
  readonly wasm: WebAssembly.Module;
  readonly yangFolder: string;
  readonly extraYangFiles: readonly string[];
}

/** The thread that makes a snapshot: a libyang instance of its own, for as long as that takes. */
serveCompaction<CompactionSetup>(({ wasm, yangFolder, extraYangFiles }) => {
  const schema = loadSchema(wasm, { yangFolder, extraFiles: extraYangFiles });
  return ({ snapshot, changes }) => {
    using tree = replay(schema, snapshot.config, changes);
    schema.validate(tree);
    return { config: tree.printBytes({ format: "xml" }), schemaId: schema.id };
  };
});
