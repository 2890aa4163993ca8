import type { Context, DataNode, DataTree, DetachedNode, InstanceSet, SchemaNode } from "libyang-wasm";
import { badAttribute, dataExists, dataMissing } from "../errors/constructors.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import { type Insert, ownInsert } from "./edit-insert.ts";
import { type EditOperation, ownOperation } from "./edit-operation.ts";
import { toErrorPath } from "./error-path.ts";
import { yangLimits } from "./limits.ts";
import { moduleOf } from "./module-of.ts";
import { isBelow, otherCases } from "./other-cases.ts";
import { UndoLog } from "./undo-log.ts";

/** Children of a top-level node that are edited before others get their turn. */
const CHILDREN_IN_A_SLICE = 16;

/**
 * Carries out edits on a tree, in place (RFC 6241 section 7.2), and notes in `touched` which instances may have changed.
 * Costs what the edits touch, not what the tree holds. They are done for good with `commit`, or all taken back with
 * `rollback`, also when `apply` threw; the edits' nodes have to live until then.
 */
export class TreeEditor {
  readonly #log = new UndoLog();
  readonly #context: Context;
  readonly #target: DataTree;
  readonly #touched: InstanceSet;
  /** Top-level containers of which everything was taken out, and which no part of the edit has asked for. */
  readonly #emptied = new Set<SchemaNode>();
  readonly #refused: RpcErrorEntry[] = [];

  constructor(context: Context, target: DataTree, touched: InstanceSet) {
    this.#context = context;
    this.#target = target;
    this.#touched = touched;
  }

  commit(): Job<void> {
    return this.#log.commit();
  }

  rollback(): Job<void> {
    return this.#log.rollback();
  }

  /** Throws `RpcError` with everything that did not go with what is there. */
  requireSuccess(): void {
    if (this.#refused.length > 0) throw new RpcError(this.#refused);
  }

  /** Takes out everything but containers, which `removeEmptied` takes out if they are still empty then. */
  *removeAll(): Job<void> {
    for (const root of this.#target.roots()) {
      const { schema } = root;
      if (root.kind !== "container" || schema === undefined) {
        this.#remove(root, atTop);
        continue;
      }
      this.#emptied.add(schema);
      yield* this.#empty(root, () => this.#target.firstInstance(schema));
    }
  }

  removeEmptied(): void {
    for (const schema of this.#emptied) this.#removeEmptied(schema);
  }

  #removeEmptied(schema: SchemaNode): void {
    this.#emptied.delete(schema);
    const container = this.#target.firstInstance(schema);
    if (container !== undefined && container.firstChild === undefined) this.#remove(container, atTop);
  }

  /**
   * One top-level node of an edit and all below it, but for what does not go with what is there; `requireSuccess` tells.
   * Throws `RpcError`, with part of it done, when that is as much as is reported.
   */
  *apply(root: DataNode, operation: EditOperation): Job<void> {
    const own = ownOperation(root) ?? operation;
    const { schema } = root;
    const isMade = own === "merge" || own === "replace";
    // The others ask whether it is there.
    if (schema !== undefined && this.#emptied.has(schema) && !isMade) this.#removeEmptied(schema);
    const found = root.kind === "container" && own !== "create" ? this.#find(root, undefined) : undefined;
    const isRemoved = own === "delete" || own === "remove";
    if (found === undefined || (isRemoved && found.isDefault)) return this.#apply(root, undefined, operation);
    if (own !== "merge" && own !== "none") yield* this.#empty(found, this.#locator(root));
    if (isRemoved) return this.#remove(found, atTop);
    if (schema?.isPresence === true) this.#emptied.delete(schema);
    let count = 0;
    for (const child of root.children()) {
      this.#apply(child, found, own);
      if (++count % CHILDREN_IN_A_SLICE === 0) yield;
    }
  }

  /** One node of the edit and all below it; `parent` is where it belongs in the target, undefined at the top. */
  #apply(edit: DataNode, parent: DataNode | undefined, inherited: EditOperation): void {
    const operation = ownOperation(edit) ?? inherited;
    const found = this.#find(edit, parent);
    // RFC 6243 section 2.3.3: in explicit mode what is only a default does not exist for create and delete.
    const existing = found?.isDefault === true ? undefined : found;
    switch (operation) {
      case "delete":
        if (existing === undefined) return this.#refuse(this.#missing(edit, parent));
        return this.#remove(existing, this.#locator(edit.parent));
      case "remove":
        return existing === undefined ? undefined : this.#remove(existing, this.#locator(edit.parent));
      case "create":
        if (existing !== undefined) return this.#refuse(this.#exists(edit));
        return isTaggedTerm(edit) ? undefined : this.#put(edit, parent, found, operation);
      case "replace":
        if (isTaggedTerm(edit)) return this.#makeDefault(edit, parent);
        return this.#replace(edit, parent, found);
      case "merge":
        if (isTaggedTerm(edit)) return this.#makeDefault(edit, parent);
        return this.#put(edit, parent, found, operation);
      case "none":
        if (found === undefined) return this.#refuse(this.#missing(edit, parent));
        return this.#applyChildren(edit, found, operation);
    }
  }

  /**
   * RFC 6243 section 4.5.2: it becomes what it would be if nobody had set it, which validation sees to. A leaf-list is then
   * without any entry that was set (RFC 7950 section 7.7.2).
   */
  #makeDefault({ schema, parent: editParent }: DataNode, parent: DataNode | undefined): void {
    if (schema === undefined) return;
    const place = parent ?? this.#target;
    for (let at = place.firstInstance(schema); at !== undefined && !at.isDefault; at = place.firstInstance(schema))
      this.#remove(at, this.#locator(editParent));
  }

  #applyChildren(edit: DataNode, parent: DataNode, operation: EditOperation): void {
    for (const child of edit.children()) if (child.schema?.isKey !== true) this.#apply(child, parent, operation);
  }

  /** Makes sure that the node is there, with the edit's value, and goes on below it. */
  #put(edit: DataNode, parent: DataNode | undefined, found: DataNode | undefined, operation: EditOperation): void {
    if (found === undefined) {
      const isAny = edit.kind === "anydata" || edit.kind === "anyxml";
      // Containers may hold very much: what is in them is noted, and later looked at, piece by piece.
      const isWhole = isAny || (edit.kind !== "container" && edit.isPlain({ mayRepeat: true }));
      const node = this.#place(edit, this.#insert(edit, parent, isWhole), "new");
      if (isWhole) return;
      this.#applyChildren(edit, node, operation);
      // Empty and without presence it says nothing (RFC 7950 section 7.5.1), but would be shown.
      if (edit.schema !== undefined && isBare(edit.schema) && node.firstChild === undefined)
        this.#remove(node, this.#locator(edit.parent));
      return;
    }
    if (edit.kind === "leaf" || edit.kind === "leaf-list") return this.#setTerm(edit, parent, found);
    if (edit.kind === "anydata" || edit.kind === "anyxml") {
      this.#remove(found, this.#locator(edit.parent));
      return this.#put(edit, parent, undefined, operation);
    }
    this.#applyChildren(edit, this.#place(edit, found, "known"), operation);
  }

  /**
   * RFC 7950 sections 7.7.9 and 7.8.6: an entry that the user orders goes where the edit says. Gives its new handle.
   * `age`: whether it is there only since this edit.
   */
  #place(edit: DataNode, node: DataNode, age: "new" | "known"): DataNode {
    const insert = ownInsert(edit);
    if (insert === undefined) return node;
    const parent = node.parent;
    const beside = "beside" in insert ? this.#beside(edit, insert.beside, parent ?? this.#target) : undefined;
    if ("beside" in insert && (beside === undefined || (age === "new" && beside.isSame(node)))) {
      this.#refuse(this.#missingInstance(edit, insert.attribute));
      return node;
    }
    if (beside?.isSame(node) === true) return node;
    const place = placeOf(node);
    if (place === undefined) return node;
    this.#touched.add(node);
    using moved = node.unlink();
    const placed = this.#insertMoved(moved, insert.where, edit, beside, parent);
    this.#log.push({
      undo: () => this.#restore(this.#located(edit).unlink(), this.#locator(edit.parent), place),
      discard: () => place.neighbour.dispose(),
    });
    return placed;
  }

  #insertMoved(
    moved: DetachedNode,
    where: Insert["where"],
    { schema }: DataNode,
    beside: DataNode | undefined,
    parent: DataNode | undefined,
  ): DataNode {
    if (where === "after" && beside !== undefined) return beside.insertAfter(moved);
    const first = where === "first" && schema ? (parent ?? this.#target).firstInstance(schema) : beside;
    if (first !== undefined) return first.insertBefore(moved);
    return parent === undefined ? this.#target.insertTop(moved) : parent.insertChild(moved);
  }

  /** The entry that an edit's `key` or `value` names; what is only a default does not exist. */
  #beside({ schema }: DataNode, keys: readonly string[], place: DataNode | DataTree): DataNode | undefined {
    const found = schema && place.findEntry(schema, keys);
    return found?.isDefault === true ? undefined : found;
  }

  #replace(edit: DataNode, parent: DataNode | undefined, found: DataNode | undefined): void {
    if (found !== undefined && (edit.kind === "container" || edit.kind === "list")) {
      // Emptied rather than taken out: an entry that the user placed keeps its place (RFC 7950 section 7.8.6).
      for (const child of found.children()) if (child.schema?.isKey !== true) this.#remove(child, this.#locator(edit));
    }
    this.#put(edit, parent, found, "replace");
  }

  #find(edit: DataNode, parent: DataNode | undefined): DataNode | undefined {
    if (edit.kind !== "opaque") return parent === undefined ? this.#target.findTop(edit) : parent.findChild(edit);
    const name = `${moduleOf(this.#context, edit)?.name}:${edit.name}`;
    return parent === undefined ? this.#target.findPath(`/${name}`) : parent.findPath(name);
  }

  /** An explicit value takes the place of one that is only a default, equal or not (RFC 6243 section 2.3.1). */
  #setTerm(edit: DataNode, parent: DataNode | undefined, found: DataNode): void {
    if (found.isDefault) {
      for (const node of defaultsWith(found)) this.#remove(node, this.#locator(edit.parent));
      this.#place(edit, this.#insert(edit, parent, false), "new");
    } else if (edit.kind === "leaf-list") {
      this.#place(edit, found, "known");
    } else if (found.value !== edit.value) {
      const before = found.value ?? "";
      found.changeValue(edit.value ?? "");
      this.#touched.add(found);
      this.#log.push({ undo: () => this.#located(edit).changeValue(before) });
    }
  }

  /** Puts a copy of the edit's node there, of anydata with all that is in it. */
  #insert(edit: DataNode, parent: DataNode | undefined, isWhole: boolean): DataNode {
    this.#removeOtherCases(edit, parent);
    const copy = { recursive: isWhole, noMetadata: true };
    const inserted = parent === undefined ? this.#target.insertTopCopy(edit, copy) : parent.insertCopy(edit, copy);
    if (isWhole || edit.kind !== "container") this.#touched.add(inserted);
    else this.#touched.addShallow(inserted);
    this.#log.push({ undo: () => this.#located(edit).remove() });
    return inserted;
  }

  /** RFC 7950 section 7.9: creating a node of one case deletes the nodes of all others. */
  #removeOtherCases(edit: DataNode, parent: DataNode | undefined): void {
    for (const other of otherCases(edit.schema)) {
      const siblings = parent === undefined ? this.#target.roots() : parent.children();
      for (const sibling of siblings)
        if (isBelow(sibling.schema, other)) this.#remove(sibling, this.#locator(edit.parent));
    }
  }

  /** What is in a container, each by itself: it may be very much. */
  *#empty(container: DataNode, itself: Locator): Job<void> {
    let count = 0;
    for (let child = container.firstChild; child !== undefined; child = container.firstChild) {
      this.#remove(child, itself);
      if (++count % CHILDREN_IN_A_SLICE === 0) yield;
    }
  }

  /** `parent`: finds what the node is in when it is to be put back. */
  #remove(node: DataNode, parent: Locator): void {
    const place = placeOf(node);
    this.#touched.add(node);
    const removed = node.unlink();
    this.#log.push({
      undo: () => this.#restore(removed, parent, place),
      discard: () => {
        removed.dispose();
        place?.neighbour.dispose();
      },
    });
  }

  #restore(removed: DetachedNode, locate: Locator, place: Place | undefined): void {
    const parent = locate();
    if (place !== undefined) {
      using sample = place.neighbour;
      const neighbour = parent === undefined ? this.#target.findTop(sample.node) : parent.findChild(sample.node);
      (neighbour as DataNode)[place.insert](removed);
    } else if (parent === undefined) this.#target.insertTop(removed);
    else parent.insertChild(removed);
  }

  /** Of what an edit's node stands for; undefined = the top. */
  #locator(edit: DataNode | undefined): Locator {
    return edit === undefined ? atTop : () => this.#located(edit);
  }

  /** When a step is undone, its handles may have ended: a later step may have taken out what they were in. */
  #located(edit: DataNode): DataNode {
    return this.#target.counterpart(edit) as DataNode;
  }

  /** The whole edit is going to be taken back; until then others in it may have something wrong, too. */
  #refuse({ entries }: RpcError): void {
    this.#refused.push(...entries);
    if (this.#refused.length >= yangLimits.errorsReported) this.requireSuccess();
  }

  #pathOf(edit: DataNode, parent: DataNode | undefined): string {
    return edit.kind === "opaque"
      ? `${parent?.path ?? ""}/${moduleOf(this.#context, edit)?.name}:${edit.name}`
      : edit.path;
  }

  #missing(edit: DataNode, parent: DataNode | undefined): RpcError {
    const path = toErrorPath(this.#context, this.#pathOf(edit, parent));
    return dataMissing(`'${edit.name}' does not exist in the target datastore.`, { path });
  }

  /** RFC 7950 section 15.7. */
  #missingInstance(edit: DataNode, attribute: "key" | "value"): RpcError {
    const message = `The attribute "${attribute}" of '${edit.name}' names an entry that does not exist in the target datastore.`;
    const details = {
      type: "application",
      appTag: "missing-instance",
      path: toErrorPath(this.#context, edit.path),
    } as const;
    return badAttribute(attribute, edit.name, message, details);
  }

  #exists(edit: DataNode): RpcError {
    const path = toErrorPath(this.#context, edit.path);
    return dataExists(`'${edit.name}' exists already in the target datastore. Use merge or replace to change it.`, {
      path,
    });
  }
}

/** Finds a node of the target, as it is then; undefined = the top level. */
type Locator = () => DataNode | undefined;
const atTop: Locator = () => undefined;

const isTaggedTerm = ({ isDefault, kind }: DataNode): boolean => isDefault && (kind === "leaf" || kind === "leaf-list");

const isBare = ({ kind, isPresence }: SchemaNode): boolean => kind === "container" && !isPresence;

/** Where an entry was among those that the user ordered. */
interface Place {
  /** A copy of an entry beside it, by which that entry is found again. */
  readonly neighbour: DetachedNode;
  readonly insert: "insertAfter" | "insertBefore";
}

/** Undefined where the schema says what the place is, or the entry is the only one. */
function placeOf(node: DataNode): Place | undefined {
  const { schema, previousSibling: previous, nextSibling: next } = node;
  if (schema?.isUserOrdered !== true) return undefined;
  const copy = { recursive: false, noMetadata: true };
  if (previous?.schema === schema) return { neighbour: previous.duplicate(copy), insert: "insertAfter" };
  if (next?.schema === schema) return { neighbour: next.duplicate(copy), insert: "insertBefore" };
  return undefined;
}

/** A node that is there by default; of a leaf-list all such entries: one that is set ends them (section 7.7.2). */
function defaultsWith(node: DataNode): DataNode[] {
  const found = [node];
  for (let at = node.previousSibling; at !== undefined && at.schema === node.schema; at = at.previousSibling)
    found.push(at);
  for (let at = node.nextSibling; at !== undefined && at.schema === node.schema; at = at.nextSibling) found.push(at);
  return found.filter(({ isDefault }) => isDefault);
}
