import type { DataNode, DataTree, SchemaNode } from "libyang-wasm";
import { inUse, lockDenied } from "../errors/constructors.ts";
import type { Job } from "../job.ts";
import { chainTo } from "../yang/ancestors.ts";
import { toErrorPath } from "../yang/error-path.ts";
import { type InstanceStep, instanceIn, stepId, stepOf } from "../yang/instance.ts";
import type { Schema } from "../yang/schema.ts";
import { isMoved, type PlannedChange } from "../yang/write-check.ts";
import type { FreedNode, LockedNode, LockScope } from "./partial-lock.ts";

/** Nodes looked at before others get their turn. */
const NODES_IN_A_SLICE = 128;

/** An instance that is locked, or in which there is one that is. */
interface Branch {
  readonly parent: Branch | undefined;
  readonly step: InstanceStep;
  readonly schema: SchemaNode;
  /** By `stepId`. */
  readonly branches: Map<string, Branch>;
  /** The locks on this very node, by their ids. */
  readonly locks: Map<number, HeldNode>;
}

interface HeldNode {
  readonly lockId: number;
  readonly sessionId: number;
  readonly node: LockedNode;
}

/** Two configurations, and the places in which they may differ. */
export interface LockedChange {
  readonly before: DataTree;
  readonly after: DataTree;
  readonly changes: Iterable<PlannedChange>;
}

/**
 * The nodes of running that partial locks are on, as a tree: what a change has to do with them costs the places that it
 * changes, and the locked nodes on the way to these and below them, whatever else is locked.
 */
export class LockedNodes {
  readonly #schema: Schema;
  readonly #top = new Map<string, Branch>();
  /** By the lock's id. */
  readonly #branches = new Map<number, Set<Branch>>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  get isEmpty(): boolean {
    return this.#top.size === 0;
  }

  /** Throws `lock-denied`, and locks nothing, when another session has locked a part of it (RFC 5717 section 2.4.1). */
  add({ lockId, sessionId, nodes }: LockScope): void {
    for (const node of nodes) {
      const other = this.#otherOn(node, sessionId);
      if (other === undefined) continue;
      const message = `Session ${other.sessionId} has a partial lock on it, or on a part of it. Try again when it is released.`;
      throw lockDenied(other.sessionId, message, { path: node.identifier });
    }
    const branches = new Set<Branch>();
    for (const node of nodes) {
      const branch = this.#grow(node.steps);
      branch.locks.set(lockId, { lockId, sessionId, node });
      branches.add(branch);
    }
    this.#branches.set(lockId, branches);
  }

  remove(lockId: number): void {
    for (const branch of this.#branches.get(lockId) ?? []) this.#release(branch, lockId);
    this.#branches.delete(lockId);
  }

  free(nodes: readonly FreedNode[]): void {
    const gone = new Set(nodes.map(freedId));
    for (const lockId of new Set(nodes.map((node) => node.lockId))) {
      const branches = this.#branches.get(lockId) ?? new Set();
      for (const branch of branches) {
        if (!gone.has(freedId({ lockId, path: branch.locks.get(lockId)?.node.path ?? "" }))) continue;
        branches.delete(branch);
        this.#release(branch, lockId);
      }
    }
  }

  /**
   * Throws `in-use` when a change is about a node that another session has locked (RFC 5717 section 2.5); `sessionId`
   * undefined: the server's own change, which no lock holds up. Gives the locked nodes that it takes away.
   */
  *check({ before, after, changes }: LockedChange, sessionId: number | undefined): Job<readonly FreedNode[]> {
    const freed: FreedNode[] = [];
    let count = 0;
    for (const change of changes) {
      for (const found of this.#lockedBy(change, before, after)) {
        if (++count % NODES_IN_A_SLICE === 0) yield;
        if (found === undefined) continue;
        const { lock, isGone, at } = found;
        if (sessionId !== undefined && lock.sessionId !== sessionId) throw this.#inUse(lock, at);
        if (isGone) freed.push({ lockId: lock.lockId, path: lock.node.path });
      }
    }
    return freed;
  }

  /** The locks on what a change is about; undefined for each other node that was looked at. */
  *#lockedBy(change: PlannedChange, before: DataTree, after: DataTree): Iterable<ChangedLock | undefined> {
    const { place } = change;
    const way: Branch[] = [];
    const chain = chainTo(place);
    for (const node of chain) {
      yield;
      const branch = (way.at(-1)?.branches ?? this.#top).get(stepId(stepOf(node)));
      if (branch === undefined) break;
      way.push(branch);
    }
    const own = way.length === chain.length ? way.at(-1) : undefined;
    if (own === undefined && way.every(({ locks }) => locks.size === 0)) return;
    if (!isChange(change)) return;
    for (const branch of way) {
      const isGone = branch === own && change.after === undefined;
      for (const lock of branch.locks.values()) yield { lock, isGone, at: place.path };
    }
    // Of a shallow place what is in it has places of its own.
    if (own !== undefined && !change.isShallow) {
      yield* lockedBelow(own, change.before, change.after, isMovedIn(before, after));
    }
  }

  #inUse({ lockId, sessionId }: HeldNode, at: string) {
    const path = toErrorPath(this.#schema.context, at);
    const message =
      `Session ${sessionId} has locked ${path.text}, or what it is in (partial lock ${lockId}). ` +
      "Try again when it is released.";
    return inUse(message, { type: "application", appTag: "locked", path });
  }

  /** A lock of another session that protects some of what is to be locked. */
  #otherOn({ steps }: LockedNode, sessionId: number): HeldNode | undefined {
    let branches = this.#top;
    let branch: Branch | undefined;
    for (const step of steps) {
      branch = branches.get(stepId(step));
      if (branch === undefined) return undefined;
      const other = otherIn(branch.locks, sessionId);
      if (other !== undefined) return other;
      branches = branch.branches;
    }
    return branch && otherBelow(branch, sessionId);
  }

  #grow(steps: readonly InstanceStep[]): Branch {
    let branch: Branch | undefined;
    for (const step of steps) {
      const branches: Map<string, Branch> = branch?.branches ?? this.#top;
      const known = branches.get(stepId(step));
      branch = known ?? {
        parent: branch,
        step,
        schema: this.#find(branch, step),
        branches: new Map(),
        locks: new Map(),
      };
      branches.set(stepId(step), branch);
    }
    return branch as Branch;
  }

  #find(parent: Branch | undefined, { module, name }: InstanceStep): SchemaNode {
    const { context, children } = this.#schema;
    const [found] = children.named(parent?.schema, name, context.module(module)?.namespace);
    if (found === undefined) throw new TypeError(`no data node ${module}:${name}`);
    return found.schema;
  }

  /** Takes the lock off the branch, and what holds no lock out of the tree. */
  #release(branch: Branch, lockId: number): void {
    branch.locks.delete(lockId);
    for (let at: Branch | undefined = branch; at !== undefined; at = at.parent) {
      if (at.locks.size > 0 || at.branches.size > 0) return;
      (at.parent?.branches ?? this.#top).delete(stepId(at.step));
    }
  }
}

const freedId = ({ lockId, path }: FreedNode): string => `${lockId} ${path}`;

interface ChangedLock {
  readonly lock: HeldNode;
  /** Whether the node that the lock is on goes. */
  readonly isGone: boolean;
  /** What of the change the lock is about. */
  readonly at: string;
}

type IsMoved = (old: DataNode, now: DataNode) => boolean;

const isMovedIn =
  (before: DataTree, after: DataTree): IsMoved =>
  (old, now) =>
    isMoved(old, now, before, after);

/** The locks on changed nodes in a place, which holds `before` and is to hold `after`. */
function* lockedBelow(
  { branches }: Branch,
  before: DataNode | undefined,
  after: DataNode | undefined,
  moved: IsMoved,
): Iterable<ChangedLock | undefined> {
  for (const branch of branches.values()) {
    yield;
    const { schema, step } = branch;
    const old = before && instanceIn(before, schema, step.keys);
    const now = after && instanceIn(after, schema, step.keys);
    const at = (old ?? now)?.path;
    if (at === undefined) continue;
    if (branch.locks.size > 0 && differs(old, now, moved)) {
      for (const lock of branch.locks.values()) yield { lock, isGone: now === undefined, at };
    }
    yield* lockedBelow(branch, old, now, moved);
  }
}

function isChange({ before, after, isShallow, isMoved }: PlannedChange): boolean {
  if (isShallow) return (before === undefined) !== (after === undefined);
  return isMoved || differs(before, after, () => false);
}

function differs(old: DataNode | undefined, now: DataNode | undefined, moved: IsMoved): boolean {
  if (old === undefined || now === undefined) return old !== now;
  if (old.isEqual(now)) return false;
  // Of what the user orders, equal entries differ where another one has come before them.
  return old.schema?.isUserOrdered !== true || moved(old, now) || hasOtherContent(old, now);
}

function hasOtherContent(old: DataNode, now: DataNode): boolean {
  if (old.isDefault !== now.isDefault) return true;
  const [before, after] = [old.children(), now.children()];
  return before.length !== after.length || before.some((child) => now.findChild(child)?.isEqual(child) !== true);
}

const otherIn = (locks: ReadonlyMap<number, HeldNode>, sessionId: number): HeldNode | undefined =>
  [...locks.values()].find((lock) => lock.sessionId !== sessionId);

function otherBelow({ branches }: Branch, sessionId: number): HeldNode | undefined {
  for (const branch of branches.values()) {
    const other = otherIn(branch.locks, sessionId) ?? otherBelow(branch, sessionId);
    if (other !== undefined) return other;
  }
  return undefined;
}
