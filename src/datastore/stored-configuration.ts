import type { DataTree } from "libyang-wasm";
import { RpcError } from "../errors/rpc-error.ts";
import { finishJob, type Job } from "../job.ts";
import { editTree } from "../yang/edit-config.ts";
import { refusing, refusingJob } from "../yang/rpc-errors.ts";
import type { Schema } from "../yang/schema.ts";
import type { StoredConfiguration } from "./commit-history.ts";

/** Before what is wrong with the disk's content, which may be right with other modules. */
const STORED = "The stored configuration does not fit the YANG modules (was a --yang option forgotten?): ";

/**
 * Running as it is stored, validated; before the first commit it is the startup datastore, or empty. Throws `RpcError`
 * when it does not go with the modules.
 */
export function loadRunning(
  schema: Schema,
  stored: StoredConfiguration | undefined,
  startup: Uint8Array | undefined,
): DataTree {
  const tree = replay(schema, stored?.snapshot.config ?? startup, stored?.changes ?? []);
  return withStoredErrors(schema, tree, () => schema.validate(tree));
}

/** The tree that stored changes lead to, not validated. Throws `RpcError`. */
export function replay(
  schema: Schema,
  config: Uint8Array | undefined,
  changes: StoredConfiguration["changes"],
): DataTree {
  const tree = parseStored(schema, config);
  return withStoredErrors(schema, tree, () => {
    using touched = schema.context.emptyInstanceSet();
    const decoder = new TextDecoder();
    for (const { change } of changes) {
      finishJob(editTree(schema, tree, touched, { config: decoder.decode(change), defaultOperation: "merge" }));
      touched.clear();
    }
  });
}

/** Stored configuration as a tree, not validated, at once: for the start. Throws `RpcError`. */
function parseStored(schema: Schema, config: Uint8Array | undefined): DataTree {
  if (config === undefined || config.length === 0) return schema.context.emptyTree();
  return storedErrors(schema, () =>
    schema.context.parseData(config, { format: "xml", unknown: "reject", allowState: false, ordered: true }),
  );
}

/** The same in slices. */
export function* storedTree(schema: Schema, config: Uint8Array = new Uint8Array()): Job<DataTree> {
  try {
    return yield* refusingJob(schema.context, treeOf(schema, asConfig(config).toString()));
  } catch (error) {
    throw asStoredError(error);
  }
}

/** What a `<config>` holds, as a tree, not validated. Throws `RpcError` and `YangError`. */
export function* treeOf(schema: Schema, config: string): Job<DataTree> {
  const tree = schema.context.emptyTree();
  using touched = schema.context.emptyInstanceSet();
  try {
    yield* editTree(schema, tree, touched, { config, defaultOperation: "merge" });
    return tree;
  } catch (error) {
    tree.dispose();
    throw error;
  }
}

const CONFIG_START = Buffer.from('<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">');
const CONFIG_END = Buffer.from("</config>");

/** `children` as the `<config>` of an edit. */
export const asConfig = (children: Uint8Array): Buffer => Buffer.concat([CONFIG_START, children, CONFIG_END]);

function withStoredErrors(schema: Schema, tree: DataTree, fill: () => void): DataTree {
  try {
    storedErrors(schema, fill);
    return tree;
  } catch (error) {
    tree.dispose();
    throw error;
  }
}

function storedErrors<T>(schema: Schema, call: () => T): T {
  try {
    return refusing(schema.context, call);
  } catch (error) {
    throw asStoredError(error);
  }
}

function asStoredError(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error;
  return new RpcError(
    error.entries.map((entry) => ({ ...entry, message: STORED + entry.message })),
    { cause: error },
  );
}
