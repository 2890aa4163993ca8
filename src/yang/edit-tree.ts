import type { Context, DataNode, DataTree, DetachedNode, SchemaNode } from "libyang-wasm";
import { dataExists, dataMissing } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import { checkEdit } from "./edit-check.ts";
import { type EditOperation, ownOperation } from "./edit-operation.ts";
import { toErrorPath } from "./error-path.ts";
import { UndoLog } from "./undo-log.ts";

/**
 * Carries out the `<config>` of an `<edit-config>` on `target`, in place (RFC 6241 section 7.2). Costs what the edit
 * touches, not what the datastore holds. Returns the log that undoes it.
 * Throws `RpcError`, with `target` as it was.
 */
export function editTree(
  context: Context,
  target: DataTree,
  edits: readonly DataNode[],
  defaultOperation: EditOperation,
): UndoLog {
  const problems = checkEdit(context, edits);
  if (problems.length > 0) throw new RpcError(problems);
  const editor = new TreeEditor(context, target);
  try {
    if (defaultOperation === "replace") editor.removeAll();
    for (const edit of edits) editor.apply(edit, undefined, defaultOperation);
    return editor.log;
  } catch (error) {
    editor.log.rollback();
    throw error;
  }
}

class TreeEditor {
  readonly log = new UndoLog();
  readonly #context: Context;
  readonly #target: DataTree;

  constructor(context: Context, target: DataTree) {
    this.#context = context;
    this.#target = target;
  }

  removeAll(): void {
    for (const root of this.#target.roots()) this.#remove(root);
  }

  /** One node of the edit and all below it; `parent` is where it belongs in the target, undefined at the top. */
  apply(edit: DataNode, parent: DataNode | undefined, inherited: EditOperation): void {
    const operation = ownOperation(edit) ?? inherited;
    const found = this.#find(edit, parent);
    // RFC 6243 section 2.3.3: in explicit mode what is only a default does not exist for create and delete.
    const existing = found?.isDefault === true ? undefined : found;
    switch (operation) {
      case "delete":
        if (existing === undefined) throw this.#missing(edit, parent);
        return this.#remove(existing);
      case "remove":
        return existing === undefined ? undefined : this.#remove(existing);
      case "create":
        if (existing !== undefined) throw this.#exists(edit);
        return this.#put(edit, parent, found, operation);
      case "replace":
        return this.#replace(edit, parent, found);
      case "merge":
        return this.#put(edit, parent, found, operation);
      case "none":
        if (found === undefined) throw this.#missing(edit, parent);
        return this.#applyChildren(edit, found, operation);
    }
  }

  #applyChildren(edit: DataNode, parent: DataNode, operation: EditOperation): void {
    for (const child of edit.children()) if (child.schema?.isKey !== true) this.apply(child, parent, operation);
  }

  /** Makes sure that the node is there, with the edit's value, and goes on below it. */
  #put(edit: DataNode, parent: DataNode | undefined, found: DataNode | undefined, operation: EditOperation): void {
    if (found === undefined) {
      const isWhole = edit.kind === "anydata" || edit.kind === "anyxml";
      const node = this.#insert(edit.duplicate({ recursive: isWhole, noMetadata: true }), parent);
      return this.#applyChildren(edit, node, operation);
    }
    if (edit.kind === "leaf" || edit.kind === "leaf-list") return this.#setTerm(edit, parent, found);
    if (edit.kind === "anydata" || edit.kind === "anyxml") {
      this.#remove(found);
      return this.#put(edit, parent, undefined, operation);
    }
    this.#applyChildren(edit, found, operation);
  }

  #replace(edit: DataNode, parent: DataNode | undefined, found: DataNode | undefined): void {
    if (found !== undefined && (edit.kind === "container" || edit.kind === "list")) {
      // Emptied rather than taken out: an entry that the user placed keeps its place (RFC 7950 section 7.8.6).
      for (const child of found.children()) if (child.schema?.isKey !== true) this.#remove(child);
    }
    this.#put(edit, parent, found, "replace");
  }

  #find(edit: DataNode, parent: DataNode | undefined): DataNode | undefined {
    if (edit.kind !== "opaque") return parent === undefined ? this.#target.findTop(edit) : parent.findChild(edit);
    return this.#target.findPath(this.#pathOf(edit, parent));
  }

  /** An explicit value takes the place of one that is only a default, equal or not (RFC 6243 section 2.3.1). */
  #setTerm(edit: DataNode, parent: DataNode | undefined, found: DataNode): void {
    if (found.isDefault) {
      this.#remove(found);
      this.#insert(edit.duplicate({ noMetadata: true }), parent);
    } else if (found.value !== edit.value) {
      const before = found.value ?? "";
      found.changeValue(edit.value ?? "");
      this.log.push({ undo: () => found.changeValue(before) });
    }
  }

  #insert(node: DetachedNode, parent: DataNode | undefined): DataNode {
    this.#removeOtherCases(node.node, parent);
    const inserted = parent === undefined ? this.#target.insertTop(node) : parent.insertChild(node);
    this.log.push({ undo: () => inserted.remove() });
    return inserted;
  }

  /** RFC 7950 section 7.9: creating a node of one case deletes the nodes of all others. */
  #removeOtherCases(node: DataNode, parent: DataNode | undefined): void {
    for (const other of otherCases(node.schema)) {
      const siblings = parent === undefined ? this.#target.roots() : parent.children();
      for (const sibling of siblings) if (isBelow(sibling.schema, other)) this.#remove(sibling);
    }
  }

  #remove(node: DataNode): void {
    const { parent, schema } = node;
    const previous = schema?.isUserOrdered === true ? node.previousSibling : undefined;
    const next = schema?.isUserOrdered === true ? node.nextSibling : undefined;
    const removed = node.unlink();
    this.log.push({
      undo: () => {
        if (previous !== undefined && previous.schema === schema) previous.insertAfter(removed);
        else if (next !== undefined && next.schema === schema) next.insertBefore(removed);
        else if (parent === undefined) this.#target.insertTop(removed);
        else parent.insertChild(removed);
      },
      discard: () => removed.dispose(),
    });
  }

  #pathOf(edit: DataNode, parent: DataNode | undefined): string {
    const module = edit.namespace === undefined ? undefined : this.#context.moduleByNamespace(edit.namespace);
    return edit.kind === "opaque" ? `${parent?.path ?? ""}/${module?.name}:${edit.name}` : edit.path;
  }

  #missing(edit: DataNode, parent: DataNode | undefined): RpcError {
    const path = toErrorPath(this.#context, this.#pathOf(edit, parent));
    return dataMissing(`'${edit.name}' does not exist in the target datastore.`, { path });
  }

  #exists(edit: DataNode): RpcError {
    const path = toErrorPath(this.#context, edit.path);
    return dataExists(`'${edit.name}' exists already in the target datastore. Use merge or replace to change it.`, {
      path,
    });
  }
}

/** The cases that exclude the one `schema` is in; of nested choices those of the outer one too. */
function* otherCases(schema: SchemaNode | undefined): Iterable<SchemaNode> {
  for (let at = schema; at?.parent !== undefined; at = at.parent) {
    const { parent } = at;
    if (parent.kind === "choice") yield* parent.children().filter((branch) => branch !== at);
    else if (parent.kind !== "case") return;
  }
}

/** Whether a data node is defined in `branch`, or is `branch`: a case may be a single node (section 7.9.2). */
function isBelow(schema: SchemaNode | undefined, branch: SchemaNode): boolean {
  for (let at = schema; at !== undefined; at = at.parent) {
    if (at === branch) return true;
    if (at.parent?.kind !== "choice" && at.parent?.kind !== "case") return false;
  }
  return false;
}
