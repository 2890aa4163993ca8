import {
  type DataNode,
  type DataTree,
  type InstanceSet,
  type Module,
  type SchemaNode,
  ValidationPass,
} from "libyang-wasm";
import type { Job } from "../job.ts";
import { ancestorOrSelf } from "./ancestor-or-self.ts";
import type { ConstraintTable, Dependency } from "./constraints/constraint-table.ts";
import { dataNodes, dataParent } from "./data-nodes.ts";
import type { Difference, UniqueIndex } from "./unique-index.ts";

/** Places looked at before others get their turn. */
const PLACES_IN_A_SLICE = 16;

const VALUES_IN_A_SLICE = 128;

/** Times that defaults and whens may follow from each other. One after the other in the same round count once. */
const MAX_ROUNDS = 100;

/** What the validation of changes is about: `before` is valid, `after` is completed with defaults. */
export interface ChangedTree extends Difference {
  /** Where the two may differ. What validation itself changes in `after` is added. */
  readonly touched: InstanceSet;
  /** Of `before`. */
  readonly uniques: UniqueIndex;
}

/**
 * Validates a tree by looking only at what its changes can affect, as the constraint table has it, and at every
 * constraint in what is new. The verdict, and the errors, are those of validating the whole tree.
 */
export class IncrementalValidation {
  readonly #table: ConstraintTable;
  readonly #modules: readonly Module[];
  readonly #tree: ChangedTree;
  readonly #pass: ValidationPass;
  /** Instances whose change was not looked at yet: nodes of any tree. */
  readonly #pending: Place[] = [];
  /** What validation changed: the nodes in `#pending` may be of these. */
  readonly #ownChanges: DataTree[] = [];
  readonly #created = new NodeMap();
  /** Whose children may have come or gone; undefined = the top level. */
  readonly #parents = new NodeMap();
  readonly #affected = new Map<string, Affected>();
  // Of one round:
  readonly #completed = new NodeMap();
  readonly #whensToEvaluate = new Map<string, Affected>();

  constructor(table: ConstraintTable, modules: readonly Module[], tree: ChangedTree) {
    this.#table = table;
    this.#modules = modules;
    this.#tree = tree;
    this.#pass = new ValidationPass(tree.after);
  }

  /** Throws `YangError` with all that is wrong. False when only the whole tree can tell. */
  *run(): Job<boolean> {
    if (!(yield* this.complete())) return false;
    yield* this.#check();
    this.#pass.finish();
    return true;
  }

  /** The first part of it, that changes the tree: its defaults come and go. False when that does not end. */
  *complete(): Job<boolean> {
    let count = 0;
    for (const member of this.#tree.touched.members()) {
      this.#pending.push({ node: member, isOwn: false });
      if (++count % VALUES_IN_A_SLICE === 0) yield;
    }
    for (const { kind, owner } of this.#table.unbounded) this.#affect({ kind, owner }, undefined);
    return yield* this.#complete();
  }

  dispose(): void {
    this.#pass.dispose();
    for (const changes of this.#ownChanges) changes.dispose();
  }

  /** Adds defaults and takes out what its `when` no longer allows, until nothing follows from that any more. */
  *#complete(): Job<boolean> {
    let count = 0;
    for (let round = 0; this.#pending.length > 0 || this.#whensToEvaluate.size > 0; round++) {
      if (round === MAX_ROUNDS) return false;
      this.#completed.clear();
      for (const place of this.#pending.splice(0)) {
        this.#look(place);
        if (++count % PLACES_IN_A_SLICE === 0) yield;
      }
      this.#followWhens();
      const whens = [...this.#whensToEvaluate.values()];
      this.#whensToEvaluate.clear();
      for (const { owner, at } of whens) {
        if (isGone(at)) continue;
        this.#completeAround(owner, at);
        if (isGone(at)) continue;
        this.#pass.noteWhens(at, owner);
        yield;
      }
      this.#pass.evaluateWhens();
      this.#noteOwnChanges();
    }
    return true;
  }

  /** One place where the trees may differ. */
  #look({ node: place, isOwn }: Place): void {
    const { schema } = place;
    if (schema === undefined) return;
    const [old, now] = [this.#tree.before.counterpart(place), this.#tree.after.counterpart(place)];
    const isShallow = !isOwn && this.#tree.touched.isShallow(place);
    if (!isOwn && (old === undefined ? now === undefined : now?.isEqual(old) === true)) {
      // It may have gone and come: then nothing is known yet of its whens and what it refers to.
      if (now !== undefined && isShallow) this.#pass.completeNode(now);
      else if (now !== undefined) this.#pass.completeSubtree(now);
      return;
    }
    if (now !== undefined && isShallow) return this.#lookAtContainer(place, schema, now);
    if (now !== undefined && old !== undefined && (schema.kind === "leaf" || schema.kind === "leaf-list")) {
      this.#pass.completeNode(now);
      // Else defaults of a case, or of a leaf-list, may have to go.
      if (old.isDefault !== now.isDefault) this.#lookAround(place);
      const dependents = this.#table.dependentsOf(schema);
      // An entry of a leaf-list that differs has another place.
      this.#affectAll(place, schema.kind === "leaf" ? dependents.filter(({ on }) => on === "value") : dependents);
      return;
    }
    if (now !== undefined) {
      this.#pass.completeSubtree(now);
      this.#created.set(now);
    }
    this.#lookAround(place);
    const dependents = this.#table.dependentsBelow(schema);
    this.#affectAll(place, old === undefined ? dependents.filter(canBreakByMore) : dependents);
  }

  /** A container that has come: what is in it is looked at by itself. */
  #lookAtContainer(place: DataNode, schema: SchemaNode, now: DataNode): void {
    this.#pass.completeNode(now);
    this.#parents.set(now);
    this.#pass.completeChildren(now, schema);
    this.#affect({ kind: "must", owner: schema }, now);
    this.#lookAround(place);
    this.#affectAll(place, this.#table.dependentsOf(schema).filter(canBreakByMore));
  }

  #lookAround(place: DataNode): void {
    const here = place.parent && this.#tree.after.counterpart(place.parent);
    if (place.parent === undefined || here !== undefined) {
      for (const other of ofSameChoices(place.schema)) this.#follow(other, here);
    }
    this.#completeSiblings(place);
  }

  /** Another node may have come or gone: a default, or the defaults of a case. */
  #completeSiblings({ parent }: DataNode): void {
    if (parent === undefined) return this.#completeTop();
    const here = this.#tree.after.counterpart(parent);
    if (here?.schema === undefined) return;
    this.#parents.set(here);
    if (this.#completed.has(here)) return;
    this.#completed.set(here);
    this.#pass.completeChildren(here, here.schema);
    // With nothing left that was set it is a default itself, which may have to go.
    if (here.isDefault) this.#completeSiblings(here);
  }

  #completeTop(): void {
    this.#parents.set(undefined);
    if (this.#completed.has(undefined)) return;
    this.#completed.set(undefined);
    for (const module of this.#modules) this.#pass.completeTop(module);
  }

  /** Where a `when` turned true a default may be missing; where it turned false nothing is mandatory any more. */
  #completeAround(owner: SchemaNode, at: DataNode | undefined): void {
    const parent = dataParent(owner);
    if (parent === undefined) this.#completeTop();
    else if (at !== undefined && at.schema === owner) this.#completeSiblings(at);
    else this.#pass.completeChildren(at, parent);
  }

  /**
   * What comes or goes for its when can decide other whens, and so on: these wait for it only when they are evaluated
   * together. In the next round it would be too late for what they have refused or taken out.
   */
  #followWhens(): void {
    for (const { owner, at } of this.#whensToEvaluate.values()) if (!isGone(at)) this.#follow(owner, at);
  }

  /** The whens that nodes can decide which may come or go in this round: instances of `changed` at or below `at`. */
  #follow(changed: SchemaNode, at: DataNode | undefined): void {
    for (const { kind, owner, scope } of this.#table.dependentsBelow(changed)) {
      if (kind !== "when") continue;
      const here = scope && at && (ancestorOrSelf(at, scope) ?? at);
      this.#whensToEvaluate.set(keyOf(kind, owner, here), { kind, owner, at: here });
    }
  }

  /** What validation added or took out is a change like any other. */
  #noteOwnChanges(): void {
    const changes = this.#pass.takeChanges();
    this.#ownChanges.push(changes);
    for (const node of changedNodes(changes.roots())) {
      this.#tree.touched.add(node);
      this.#pending.push({ node, isOwn: true });
    }
  }

  #affectAll(place: DataNode, dependencies: readonly Dependency[]): void {
    for (const dependency of dependencies) {
      if (dependency.scope === undefined) this.#affect(dependency, undefined);
      else {
        const scope = ancestorOrSelf(place, dependency.scope);
        const here = scope && this.#tree.after.counterpart(scope);
        // Without it there is nothing in it that could be affected.
        if (here !== undefined) this.#affect(dependency, here);
      }
    }
  }

  #affect({ kind, owner }: Pick<Dependency, "kind" | "owner">, at: DataNode | undefined): void {
    const key = keyOf(kind, owner, at);
    const affected: Affected = { kind, owner, at };
    // The handle's number may have been that of another node.
    const known = this.#affected.get(key);
    if (known === undefined || isGone(known.at)) this.#affected.set(key, affected);
    if (kind === "when") this.#whensToEvaluate.set(key, affected);
  }

  /** The rules for a tree in which nothing comes or goes any more. */
  *#check(): Job<void> {
    for (const { owner, at } of this.#living("leafref", "instance-identifier")) this.#pass.noteTypes(at, owner);
    while (!this.#pass.resolveTypes(VALUES_IN_A_SLICE)) yield;
    let count = 0;
    for (const node of this.#created.living()) {
      if (node !== undefined) this.#pass.checkSubtree(node);
      if (++count % PLACES_IN_A_SLICE === 0) yield;
    }
    this.#checkParents();
    for (const { owner, at } of this.#living("when")) this.#checkAround(owner, at);
    for (const { owner, at } of this.#living("must")) {
      this.#pass.checkMusts(at, owner);
      yield;
    }
    yield* this.#checkUniques();
  }

  #living(...wanted: readonly Affected["kind"][]): Affected[] {
    return [...this.#affected.values()].filter(({ kind, at }) => wanted.includes(kind) && !isGone(at));
  }

  #checkParents(): void {
    for (const parent of this.#parents.living()) {
      if (parent === undefined) for (const module of this.#modules) this.#pass.checkTop(module);
      else if (parent.schema !== undefined) this.#pass.checkChildren(parent, parent.schema);
    }
  }

  #checkAround(owner: SchemaNode, at: DataNode | undefined): void {
    const parent = dataParent(owner);
    if (parent === undefined) return;
    if (at === undefined || at.schema !== owner) this.#pass.checkChildren(at, parent);
    else if (at.parent?.schema !== undefined) this.#pass.checkChildren(at.parent, at.parent.schema);
  }

  /** The list as a whole says best what is wrong with it. */
  *#checkUniques(): Job<void> {
    const done = new Set<string>();
    for (const { parent, list } of yield* this.#tree.uniques.suspects(this.#tree)) {
      const here = parent && this.#tree.after.counterpart(parent);
      const key = `${here?.handle ?? 0} ${list.path}`;
      if ((parent !== undefined && here === undefined) || done.has(key)) continue;
      done.add(key);
      this.#pass.checkUnique(here, list);
      yield;
    }
  }
}

/** An instance whose change is to be looked at. */
interface Place {
  readonly node: DataNode;
  /** Whether validation itself changed it: it may have been otherwise in between, and be now as it was before. */
  readonly isOwn: boolean;
}

/** Nodes, each once, though numbers of handles are used again; undefined = the top level. */
class NodeMap {
  readonly #nodes = new Map<number, DataNode | undefined>();

  set(node: DataNode | undefined): void {
    this.#nodes.set(node?.handle ?? 0, node);
  }

  has(node: DataNode | undefined): boolean {
    const number = node?.handle ?? 0;
    return this.#nodes.has(number) && !isGone(this.#nodes.get(number));
  }

  clear(): void {
    this.#nodes.clear();
  }

  living(): (DataNode | undefined)[] {
    return [...this.#nodes.values()].filter((node) => !isGone(node));
  }
}

const isGone = (node: DataNode | undefined): boolean => node?.isAlive === false;

/** A constraint of all instances of `owner` at or below `at`; undefined = in the whole tree. */
interface Affected {
  readonly kind: Dependency["kind"];
  readonly owner: SchemaNode;
  readonly at: DataNode | undefined;
}

const keyOf = (kind: Affected["kind"], owner: SchemaNode, at: DataNode | undefined): string =>
  `${kind} ${owner.path} ${at?.handle ?? 0}`;

/** What a leafref refers to is still there when more is; which type a value of a union has may be another one. */
const canBreakByMore = ({ kind, owner }: Dependency): boolean => kind !== "leafref" || owner.leafref === undefined;

/** What may come by default, or go, for a node that comes or goes: what is in a choice with it, or with a container of it. */
function* ofSameChoices(schema: SchemaNode | undefined): Iterable<SchemaNode> {
  for (
    let at = schema?.parent;
    at?.kind === "choice" || at?.kind === "case" || at?.kind === "container";
    at = at.parent
  ) {
    if (at.kind === "choice") yield* dataNodes(at.children());
  }
}

/** The outermost nodes that a difference says were created or deleted. */
function* changedNodes(nodes: Iterable<DataNode>): Iterable<DataNode> {
  for (const node of nodes) {
    const mark = node.metadata().find(({ moduleName, name }) => moduleName === "yang" && name === "operation");
    if (mark !== undefined && mark.value !== "none") yield node;
    else yield* changedNodes(node.children().filter(({ schema }) => schema?.isKey !== true));
  }
}
