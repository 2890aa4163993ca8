import { fileURLToPath } from "node:url";
import { loadLibyangModule } from "libyang-wasm";
import type { CommitHistory, RecordedCommit } from "../../src/datastore/commit-history.ts";
import { DatastoreEngine } from "../../src/datastore/engine.ts";
import type { EngineEdit } from "../../src/datastore/engine-api.ts";
import { RpcError, type RpcErrorEntry } from "../../src/errors/rpc-error.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";
import { loadSchema, type Schema } from "../../src/yang/schema.ts";

export const yangFolder = fileURLToPath(new URL("../../yang", import.meta.url));

/** The server's own schema, with further modules from test/yang/modules. */
export async function schemaFixture(extraFiles: readonly string[] = []): Promise<Schema> {
  return loadSchema(await loadLibyangModule(), { yangFolder, extraFiles });
}

/** A history that forgets with the process. */
export class MemoryHistory implements CommitHistory {
  readonly commits: RecordedCommit[] = [];
  startup: Uint8Array | undefined;
  /** When set, writing fails with it. */
  failure: Error | undefined;

  latest(): RecordedCommit | undefined {
    return this.commits.at(-1);
  }
  append(commit: RecordedCommit): void {
    if (this.failure !== undefined) throw this.failure;
    this.commits.push(commit);
  }
  readStartup(): Uint8Array | undefined {
    return this.startup;
  }
  writeStartup(config: Uint8Array | undefined): void {
    if (this.failure !== undefined) throw this.failure;
    this.startup = config;
  }
}

export function engineFixture(schema: Schema, history: CommitHistory = new MemoryHistory()): DatastoreEngine {
  return new DatastoreEngine(schema, history, new Set(Object.values(unitPaths)));
}

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** `children` as the `<config>` of an edit; the prefix `nc` is in scope for operation attributes. */
export function edit(children: string, more: Partial<EngineEdit> = {}): EngineEdit {
  return {
    config: `<config xmlns="${NETCONF}" xmlns:nc="${NETCONF}">${children}</config>`,
    defaultOperation: "merge",
    testOption: "test-then-set",
    ...more,
  };
}

/** `<bmp>` with `children`. */
export const bmp = (children: string): string => `<bmp xmlns="urn:bmpconfd:yang:bmp">${children}</bmp>`;

/** One session; `children` follow its keys, `attributes` are put on its element. */
export function session(address: string, children = "", attributes = "", alias = "", vpnInstance = "_public_"): string {
  return (
    `<bmp-session${attributes}><vpn-instance>${vpnInstance}</vpn-instance><address>${address}</address>` +
    `<alias>${alias}</alias>${children}</bmp-session>`
  );
}

/** What a call is refused with; undefined when it is not. */
export function refusal(call: () => unknown): readonly RpcErrorEntry[] | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    if (error instanceof RpcError) return error.entries;
    throw error;
  }
}

/** Stages and finishes, as a commit by session 1 does. */
export function commit(engine: DatastoreEngine): void {
  if (engine.stage({ kind: "candidate" }) === undefined) return;
  engine.finish({ id: engine.commitId() + 1, time: "2026-11-22T10:00:00Z", username: "admin", sessionId: 1 });
}
