import type { DataTree } from "libyang-wasm";
import { RpcError } from "../errors/rpc-error.ts";
import { finishJob, type Job } from "../job.ts";
import { hashClearPasswords } from "../yang/crypt-hash.ts";
import { type ConfigEdit, editTree } from "../yang/edit-config.ts";
import { refusing, refusingJob } from "../yang/rpc-errors.ts";
import type { Schema } from "../yang/schema.ts";
import type { StoredConfiguration } from "./commit-history.ts";
import { WorkingPair } from "./working-pair.ts";

/** Before what is wrong with the disk's content, which may be right with other modules. */
const STORED = "The stored configuration does not fit the YANG modules (was a --yang option forgotten?): ";

type BeforeChange = (tree: DataTree) => Job<void>;

/**
 * Running as it is stored, validated, and a candidate; before the first commit it is the startup datastore, or empty.
 * Throws `RpcError` when it does not go with the modules.
 */
export function loadPair(
  schema: Schema,
  stored: StoredConfiguration | undefined,
  startup: Uint8Array | undefined,
  beforeChange: BeforeChange,
): WorkingPair {
  if (stored !== undefined && isMostlyValidated(schema, stored)) return grownPair(schema, stored, beforeChange);
  const tree = replay(schema, stored?.snapshot.config ?? startup, stored?.changes ?? []);
  withStoredErrors(schema, tree, () => schema.validate(tree));
  return WorkingPair.of(schema, tree, beforeChange);
}

/** What is left to validate of it costs less than to validate all. */
function isMostlyValidated(schema: Schema, { snapshot, changes }: StoredConfiguration): boolean {
  const changed = changes.reduce((bytes, { change }) => bytes + change.length, 0);
  return snapshot.schemaId === schema.id && changed < snapshot.config.length;
}

/** From a snapshot that was validated: what the changes after it can affect is all that is validated. */
function grownPair(schema: Schema, { snapshot, changes }: StoredConfiguration, before: BeforeChange): WorkingPair {
  const tree = parseStored(schema, snapshot.config);
  const pair = withStoredErrors(schema, tree, () => {
    schema.addDefaults(tree);
    return WorkingPair.of(schema, tree, before);
  });
  return storedErrors(schema, () => {
    for (const { change } of changes) finishJob(pair.edit(recordedEdit(change)));
    finishJob(pair.validate());
    finishJob(pair.commit());
    finishJob(pair.catchUp());
    return pair;
  });
}

/** The tree that stored changes lead to, not validated. Throws `RpcError`. */
export function replay(
  schema: Schema,
  config: Uint8Array | undefined,
  changes: StoredConfiguration["changes"],
): DataTree {
  const tree = parseStored(schema, config);
  return withStoredErrors(schema, tree, () => {
    finishJob(carryOut(schema, tree, changes));
    return tree;
  });
}

/** The same of what is stored, in slices. */
export function* replayInSlices(schema: Schema, { snapshot, changes }: StoredConfiguration): Job<DataTree> {
  const tree = yield* storedTree(schema, snapshot.config);
  try {
    yield* refusingJob(schema.context, carryOut(schema, tree, changes));
    return tree;
  } catch (error) {
    tree.dispose();
    throw asStoredError(error);
  }
}

function* carryOut(schema: Schema, tree: DataTree, changes: StoredConfiguration["changes"]): Job<void> {
  using touched = schema.context.emptyInstanceSet();
  for (const { change } of changes) {
    yield* editTree(schema, tree, touched, recordedEdit(change));
    touched.clear();
  }
}

const decoder = new TextDecoder();
const recordedEdit = (change: Uint8Array): ConfigEdit => ({
  config: decoder.decode(change),
  defaultOperation: "merge",
});

/** Stored configuration as a tree, not validated, at once: for the start. Throws `RpcError`. */
function parseStored(schema: Schema, config: Uint8Array | undefined): DataTree {
  if (config === undefined || config.length === 0) return schema.context.emptyTree();
  const options = { format: "xml", unknown: "reject", allowState: false, ordered: true } as const;
  const tree = storedErrors(schema, () => schema.context.parseData(config, options));
  // Nothing of ours has any: somebody may have written a startup configuration by hand.
  return withStoredErrors(schema, tree, () => {
    finishJob(hashClearPasswords(schema, tree.roots()));
    return tree;
  });
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

function withStoredErrors<T>(schema: Schema, tree: DataTree, call: () => T): T {
  try {
    return storedErrors(schema, call);
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
