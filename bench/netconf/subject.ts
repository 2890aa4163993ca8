import type { ListModel } from "./load/list-model.ts";
import type { Server } from "./servers/server.ts";

/** What is measured: a server with a list. */
export interface Subject {
  readonly name: string;
  readonly model: ListModel;
  readonly sizes: readonly number[];
  /** Whether an edit of 8 MB is tried. */
  readonly hasLargeEdit: boolean;
  /** A server that has no configuration yet. */
  createServer(): Server;
}
