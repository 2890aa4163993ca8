import type { Context, DataNode, DataTree, DetachedNode, InstanceSet, SchemaNode } from "libyang-wasm";
import { accessDenied } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import type { WriteOperation } from "../nacm/config.ts";
import { ancestorsOf } from "./ancestors.ts";
import { keysOn, type SchemaAccess } from "./data-access.ts";
import { dataNodes } from "./data-nodes.ts";
import { toErrorPath } from "./error-path.ts";
import { otherCases } from "./other-cases.ts";

/** Nodes looked at before others get their turn. */
const NODES_IN_A_SLICE = 128;

/** A place in which a configuration is about to change: what it has there, and what it is to have. */
export interface PlannedChange {
  /** A node of any tree, with all that it is in. */
  readonly place: DataNode;
  readonly before: DataNode | undefined;
  readonly after: DataNode | undefined;
  /** Only whether it is there counts. */
  readonly isShallow: boolean;
  /** It changes its place among the entries that the user orders. */
  readonly isMoved: boolean;
  /** It goes because another case of its choice comes. */
  readonly givesWay: boolean;
}

/** What differs between two trees in some places: they differ nowhere else. */
export function* differences(before: DataTree, after: DataTree, places: InstanceSet): Iterable<PlannedChange> {
  for (const place of places.members()) {
    const [old, now] = [before.counterpart(place), after.counterpart(place)];
    yield {
      place,
      before: old,
      after: now,
      isShallow: places.isShallow(place),
      isMoved: old !== undefined && now !== undefined && isMoved(old, now, before, after),
      givesWay: now === undefined && hasOtherCase(after, place),
    };
  }
}

/** Whether an entry that the user orders comes after another one of those that are in both trees. */
export function isMoved(old: DataNode, now: DataNode, before: DataTree, after: DataTree): boolean {
  const isInBoth = (other: DataTree) => (entry: DataNode) => other.counterpart(entry) !== undefined;
  return firstBefore(old, isInBoth(after))?.path !== firstBefore(now, isInBoth(before))?.path;
}

/** Of the entries before one that the user orders, the nearest that is of the kind. */
function firstBefore(entry: DataNode, isOfKind: (entry: DataNode) => boolean): DataNode | undefined {
  for (const other of entriesBefore(entry)) if (isOfKind(other)) return other;
  return undefined;
}

function* entriesBefore({ schema, previousSibling }: DataNode): Iterable<DataNode> {
  if (schema?.isUserOrdered !== true) return;
  for (let at = previousSibling; at?.schema === schema; at = at.previousSibling) yield at;
}

interface KeptPlace {
  readonly copy: DetachedNode | undefined;
  readonly givesWay: boolean;
}

/** What some places hold, kept while the tree is put back to what it was. */
export class KeptPlaces {
  readonly #places: InstanceSet;
  readonly #kept: KeptPlace[] = [];
  /** By path: whether the place held something before, and does afterwards. */
  readonly #wasThere = new Map<string, boolean>();
  readonly #isThere = new Map<string, boolean>();
  /** Of entries that the user orders, by path: the one before it afterwards. */
  readonly #previous = new Map<string, string>();

  constructor(places: InstanceSet) {
    this.#places = places;
  }

  /** `tree` is as it is to become. */
  *take(tree: DataTree): Job<void> {
    for (const place of this.#places.members()) {
      const node = tree.counterpart(place);
      this.#kept.push({
        copy: node?.duplicate({ recursive: !this.#places.isShallow(place), withFlags: true }),
        givesWay: node === undefined && hasOtherCase(tree, place),
      });
      if (place.schema?.isUserOrdered === true) this.#noteOrder(place.path, node);
      if (this.#kept.length % NODES_IN_A_SLICE === 0) yield;
    }
  }

  /** `tree` is as it was. */
  *compareWith(tree: DataTree): Job<void> {
    let count = 0;
    for (const place of this.#places.members()) {
      if (place.schema?.isUserOrdered === true) this.#wasThere.set(place.path, tree.counterpart(place) !== undefined);
      if (++count % NODES_IN_A_SLICE === 0) yield;
    }
  }

  /** The changes from what `tree` holds to what was taken. */
  *changesFrom(tree: DataTree): Iterable<PlannedChange> {
    let index = 0;
    for (const place of this.#places.members()) {
      const kept = this.#kept[index++];
      const [before, after] = [tree.counterpart(place), kept?.copy?.node];
      yield {
        place,
        before,
        after,
        isShallow: this.#places.isShallow(place),
        isMoved: before !== undefined && after !== undefined && this.#isMoved(before),
        givesWay: kept?.givesWay === true,
      };
    }
  }

  dispose(): void {
    for (const { copy } of this.#kept) copy?.dispose();
  }

  #noteOrder(path: string, entry: DataNode | undefined): void {
    this.#isThere.set(path, entry !== undefined);
    const [previous] = entry === undefined ? [] : entriesBefore(entry);
    if (previous !== undefined) this.#previous.set(path, previous.path);
  }

  /** An entry that is no place has not changed: it was there, and is. */
  #isMoved(entry: DataNode): boolean {
    if (entry.schema?.isUserOrdered !== true) return false;
    const old = firstBefore(entry, ({ path }) => this.#isThere.get(path) !== false);
    let now = this.#previous.get(entry.path);
    while (now !== undefined && this.#wasThere.get(now) === false) now = this.#previous.get(now);
    return old?.path !== now;
  }
}

/** Whether `tree` lacks a node, or one that it is in, for having one of another case of its choice in its place. */
function hasOtherCase(tree: DataTree, node: DataNode): boolean {
  for (let at: DataNode | undefined = node; at !== undefined && tree.counterpart(at) === undefined; at = at.parent) {
    const around: DataTree | DataNode | undefined = at.parent === undefined ? tree : tree.counterpart(at.parent);
    if (around !== undefined) return isExcluded(at.schema, around);
  }
  return false;
}

function isExcluded(schema: SchemaNode | undefined, around: DataTree | DataNode): boolean {
  const others = [...dataNodes(otherCases(schema))];
  return others.some((other) => explicit(around.firstInstance(other)) !== undefined);
}

/** What is there by default only counts as not there. */
const explicit = (node: DataNode | undefined): DataNode | undefined => (node?.isDefault === true ? undefined : node);

/**
 * Whether a user may make some changes (RFC 8341 section 3.2): exactly the nodes that they create, update or delete are
 * looked at. Keys go with their entries. A container without presence says nothing by itself (RFC 7950 section 7.5.1):
 * what is in it counts. Defaults, and what goes because another case of its choice comes, are side effects, for which
 * no permission is needed. Throws `RpcError` for the first node that may not be written.
 */
export function* checkWrites(context: Context, access: SchemaAccess, changes: Iterable<PlannedChange>): Job<void> {
  let count = 0;
  for (const change of changes) {
    for (const _ of new PlaceCheck(context, access, change).run()) if (++count % NODES_IN_A_SLICE === 0) yield;
  }
}

/** The checks of one change; each method gives one for each node that it looks at. */
class PlaceCheck {
  readonly #context: Context;
  readonly #access: SchemaAccess;
  readonly #change: PlannedChange;

  constructor(context: Context, access: SchemaAccess, change: PlannedChange) {
    this.#context = context;
    this.#access = access;
    this.#change = change;
  }

  *run(): Iterable<void> {
    const { place, before, after, isMoved } = this.#change;
    const chain = ancestorsOf(place);
    if (isMoved && after !== undefined) this.#require("update", chain, after);
    yield* this.#compare(chain, explicit(before), explicit(after), this.#change.givesWay);
  }

  /** `chain`: what the two are in. */
  *#compare(
    chain: readonly DataNode[],
    before: DataNode | undefined,
    after: DataNode | undefined,
    givesWay: boolean,
  ): Iterable<void> {
    yield;
    if (after === undefined) {
      if (before !== undefined && !givesWay) yield* this.#all("delete", chain, before);
    } else if (before === undefined) yield* this.#all("create", chain, after);
    else if (!this.#change.isShallow && !before.isEqual(after)) yield* this.#compareContent(chain, before, after);
  }

  *#compareContent(chain: readonly DataNode[], before: DataNode, after: DataNode): Iterable<void> {
    if (after.kind !== "container" && after.kind !== "list") {
      // An entry of a leaf-list is the same one: only its place may differ, which was asked for.
      if (after.kind !== "leaf-list" && (after.kind !== "leaf" || before.value !== after.value)) {
        this.#require("update", chain, after);
      }
      return;
    }
    const below = [...chain, after];
    for (const child of after.children()) {
      if (!isKey(child)) yield* this.#compare(below, explicit(before.findChild(child)), explicit(child), false);
    }
    for (const child of before.children()) {
      if (explicit(child) === undefined || explicit(after.findChild(child)) !== undefined) continue;
      yield* this.#compare(below, child, undefined, isExcluded(child.schema, after));
    }
  }

  /** A node that comes or goes, with all that is in it. */
  *#all(operation: WriteOperation, chain: readonly DataNode[], node: DataNode): Iterable<void> {
    yield;
    if (node.schema === undefined || this.#access.extentBelow(node.schema, operation) === "permitted") return;
    if (node.kind !== "container" || node.schema.isPresence) this.#require(operation, chain, node);
    if (this.#change.isShallow || (node.kind !== "container" && node.kind !== "list")) return;
    const below = [...chain, node];
    for (const child of node.children()) {
      if (!isKey(child) && !child.isDefault) yield* this.#all(operation, below, child);
    }
  }

  #require(operation: WriteOperation, chain: readonly DataNode[], node: DataNode): void {
    if (node.schema === undefined) return;
    const { isPermitted, reason } = this.#access.decide(node.schema, operation, keysOn([...chain, node]));
    if (!isPermitted) throw this.#denied(operation, node, reason);
  }

  #denied(operation: WriteOperation, node: DataNode, reason: string): RpcError {
    const { place, before, after } = this.#change;
    const root = operation === "delete" ? before : after;
    // A copy that is in no tree knows only its own part of the path.
    const path = toErrorPath(this.#context, place.path + node.path.slice(root?.path.length));
    const who = `User "${this.#access.rules.user.name}"`;
    return accessDenied(`${who} may not ${operation} ${path.text}: ${reason}.`, { type: "application", path });
  }
}

const isKey = ({ schema }: DataNode): boolean => schema?.isKey === true;
