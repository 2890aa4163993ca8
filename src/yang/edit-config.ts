import type { DataTree, InstanceSet } from "libyang-wasm";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { finishJob, type Job } from "../job.ts";
import { configParts } from "./config-parts.ts";
import { hashClearPasswords } from "./crypt-hash.ts";
import type { SchemaAccess } from "./data-access.ts";
import { checkEdit } from "./edit-check.ts";
import { TreeEditor } from "./edit-tree.ts";
import { yangLimits } from "./limits.ts";
import { type ParsedConfig, parseConfig } from "./parse-config.ts";
import type { Schema } from "./schema.ts";
import { checkWrites, KeptPlaces } from "./write-check.ts";

/** What an `<edit-config>` says is to be done (RFC 6241 section 7.2). */
export interface ConfigEdit {
  /** The `<config>` element, its namespaces declared on it. */
  readonly config: string;
  readonly defaultOperation: "merge" | "replace" | "none";
}

/**
 * Carries out an edit on `target`, in place, and notes in `touched` what may have changed. Costs what the edit touches,
 * not what the tree holds. Whether the edit had passwords in clear text, of which only hashes get into the tree. Throws
 * `RpcError` with all that is wrong with the edit itself, or all that does not go with what is there, or what the one
 * with `access` may not change, and has then changed nothing.
 */
export function* editTree(
  schema: Schema,
  target: DataTree,
  touched: InstanceSet,
  edit: ConfigEdit,
  access?: SchemaAccess,
): Job<boolean> {
  const parts: ParsedConfig[] = [];
  try {
    yield* parseAll(schema, edit, parts);
    // Before anything is done with it: what is checked is what is stored.
    const hadClearPasswords = yield* hashClearPasswords(
      schema,
      parts.flatMap(({ roots }) => roots),
    );
    if (access !== undefined) yield* checkEditAccess(schema, target, parts, edit, access);
    yield* apply(new TreeEditor(schema.context, target, touched), parts, edit, (editor) => editor.commit());
    yield* freeing(parts);
    return hadClearPasswords;
  } finally {
    for (const part of parts) part.dispose();
  }
}

/** Carries out an edit; `end` makes it final. Where that does not come, it is all taken back. */
function* apply(
  editor: TreeEditor,
  parts: readonly ParsedConfig[],
  { defaultOperation }: ConfigEdit,
  end: (editor: TreeEditor) => Job<void>,
): Job<void> {
  let isDone = false;
  try {
    if (defaultOperation === "replace") yield* editor.removeAll();
    // With nothing left, replacing and merging are the same; parts that follow one another have to be merged.
    const operation = defaultOperation === "none" ? "none" : "merge";
    for (const { roots } of parts) {
      for (const root of roots) yield* editor.apply(root, operation);
      yield;
    }
    editor.removeEmptied();
    editor.requireSuccess();
    isDone = true;
    yield* end(editor);
  } catch (error) {
    if (!isDone) yield* editor.rollback();
    throw error;
  } finally {
    // Given up: there is no other slice.
    if (!isDone) finishJob(editor.rollback());
  }
}

/**
 * What an edit comes to is known when it has been carried out: this is done, looked at, and taken back. Only then is it
 * compared with what is there now (RFC 8341 section 3.2.5), for one who may not write everything.
 */
function* checkEditAccess(
  schema: Schema,
  target: DataTree,
  parts: readonly ParsedConfig[],
  edit: ConfigEdit,
  access: SchemaAccess,
): Job<void> {
  using places = schema.context.emptyInstanceSet();
  const kept = new KeptPlaces(places);
  try {
    yield* apply(new TreeEditor(schema.context, target, places), parts, edit, (editor) => taking(editor, kept, target));
    yield* kept.compareWith(target);
    yield* checkWrites(schema.context, access, kept.changesFrom(target));
  } finally {
    kept.dispose();
  }
}

/** Keeps what an edit made of some places, and takes it back. */
function* taking(editor: TreeEditor, kept: KeptPlaces, target: DataTree): Job<void> {
  let isBack = false;
  try {
    yield* kept.take(target);
    yield* editor.rollback();
    isBack = true;
  } finally {
    if (!isBack) finishJob(editor.rollback());
  }
}

function* freeing(parts: readonly ParsedConfig[]): Job<void> {
  for (const part of parts) {
    part.dispose();
    yield;
  }
}

/** Parses all parts into `parts`, and throws `RpcError` with everything that is wrong with their nodes. */
function* parseAll(schema: Schema, { config, defaultOperation }: ConfigEdit, parts: ParsedConfig[]): Job<void> {
  const problems: RpcErrorEntry[] = [];
  for (const part of configParts(config, (name) => schema.isTopContainer(name))) {
    if (problems.length < yangLimits.errorsReported) {
      const parsed = parseConfig(schema.context, part);
      parts.push(parsed);
      problems.push(...checkEdit(schema.context, parsed.roots, defaultOperation));
    }
    yield;
  }
  if (problems.length > 0) throw new RpcError(problems.slice(0, yangLimits.errorsReported));
}
