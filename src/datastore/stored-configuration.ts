import type { DataTree } from "libyang-wasm";
import { RpcError } from "../errors/rpc-error.ts";
import { editTree } from "../yang/edit-config.ts";
import { finishJob } from "../yang/job.ts";
import { refusing } from "../yang/rpc-errors.ts";
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

/** Stored configuration as a tree, not validated. Throws `RpcError`. */
export function parseStored(schema: Schema, config: Uint8Array | undefined): DataTree {
  if (config === undefined || config.length === 0) return schema.context.emptyTree();
  return storedErrors(schema, () =>
    schema.context.parseData(config, { format: "xml", unknown: "reject", allowState: false, ordered: true }),
  );
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
    if (!(error instanceof RpcError)) throw error;
    throw new RpcError(
      error.entries.map((entry) => ({ ...entry, message: STORED + entry.message })),
      { cause: error },
    );
  }
}
