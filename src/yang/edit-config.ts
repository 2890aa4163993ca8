import type { DataTree, InstanceSet } from "libyang-wasm";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { finishJob, type Job } from "../job.ts";
import { configParts } from "./config-parts.ts";
import { checkEdit } from "./edit-check.ts";
import { TreeEditor } from "./edit-tree.ts";
import { yangLimits } from "./limits.ts";
import { type ParsedConfig, parseConfig } from "./parse-config.ts";
import type { Schema } from "./schema.ts";

/** What an `<edit-config>` says is to be done (RFC 6241 section 7.2). */
export interface ConfigEdit {
  /** The `<config>` element, its namespaces declared on it. */
  readonly config: string;
  readonly defaultOperation: "merge" | "replace" | "none";
}

/**
 * Carries out an edit on `target`, in place, and notes in `touched` what may have changed. Costs what the edit touches,
 * not what the tree holds. Throws `RpcError` with all that is wrong with the edit itself, or all that does not go with
 * what is there, and has then changed nothing.
 */
export function* editTree(schema: Schema, target: DataTree, touched: InstanceSet, edit: ConfigEdit): Job<void> {
  const parts: ParsedConfig[] = [];
  const editor = new TreeEditor(schema.context, target, touched);
  let isDone = false;
  try {
    yield* parseAll(schema, edit.config, parts);
    if (edit.defaultOperation === "replace") yield* editor.removeAll();
    // With nothing left, replacing and merging are the same; parts that follow one another have to be merged.
    const operation = edit.defaultOperation === "none" ? "none" : "merge";
    for (const { roots } of parts) {
      for (const root of roots) yield* editor.apply(root, operation);
      yield;
    }
    editor.removeEmptied();
    editor.requireSuccess();
    isDone = true;
    yield* editor.commit();
    yield* freeing(parts);
  } catch (error) {
    if (!isDone) yield* editor.rollback();
    throw error;
  } finally {
    // Given up: there is no other slice.
    if (!isDone) finishJob(editor.rollback());
    for (const part of parts) part.dispose();
  }
}

function* freeing(parts: readonly ParsedConfig[]): Job<void> {
  for (const part of parts) {
    part.dispose();
    yield;
  }
}

/** Parses all parts into `parts`, and throws `RpcError` with everything that is wrong with their nodes. */
function* parseAll(schema: Schema, config: string, parts: ParsedConfig[]): Job<void> {
  const problems: RpcErrorEntry[] = [];
  for (const part of configParts(config, (name) => schema.isTopContainer(name))) {
    if (problems.length < yangLimits.errorsReported) {
      const parsed = parseConfig(schema.context, part);
      parts.push(parsed);
      problems.push(...checkEdit(schema.context, parsed.roots));
    }
    yield;
  }
  if (problems.length > 0) throw new RpcError(problems.slice(0, yangLimits.errorsReported));
}
