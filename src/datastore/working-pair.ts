import type { DataTree, InstanceSet } from "libyang-wasm";
import type { Job } from "../job.ts";
import { addDifferences } from "../yang/add-differences.ts";
import type { SchemaAccess } from "../yang/data-access.ts";
import { type ConfigEdit, editTree } from "../yang/edit-config.ts";
import type { ChangedPlaces } from "../yang/edit-summary.ts";
import type { ChangedTree } from "../yang/incremental-validation.ts";
import { printChanges } from "../yang/print-changes.ts";
import type { Schema } from "../yang/schema.ts";
import type { UniqueIndex } from "../yang/unique-index.ts";
import { copyTree, disposeTree } from "../yang/whole-tree.ts";
import { checkWrites, differences } from "../yang/write-check.ts";

/** Places copied from one tree to the other before others get their turn. */
const PLACES_IN_A_SLICE = 256;

/**
 * Running and candidate: two trees that are equal but for a known set of places. What happens to them costs what these
 * places hold. A commit makes the candidate's tree the running one, at once; the other tree has to catch up (`catchUp`)
 * before the candidate is used again.
 *
 * `beforeChange` is run before a tree changes whose content somebody may still be reading.
 */
export class WorkingPair {
  readonly #schema: Schema;
  readonly #beforeChange: (tree: DataTree) => Job<void>;
  #running: DataTree;
  #candidate: DataTree;
  /** Where the candidate may differ from running. */
  #touched: InstanceSet;
  /** Of running. */
  readonly #uniques: UniqueIndex;
  #isBehind = false;

  private constructor(
    schema: Schema,
    beforeChange: (tree: DataTree) => Job<void>,
    running: DataTree,
    candidate: DataTree,
    uniques: UniqueIndex,
  ) {
    this.#schema = schema;
    this.#beforeChange = beforeChange;
    this.#running = running;
    this.#candidate = candidate;
    this.#touched = schema.context.emptyInstanceSet();
    this.#uniques = uniques;
  }

  /** Takes `running`, which is valid, over. */
  static of(schema: Schema, running: DataTree, beforeChange: (tree: DataTree) => Job<void>): WorkingPair {
    return new WorkingPair(schema, beforeChange, running, running.duplicate(), schema.uniqueIndex());
  }

  /**
   * A second candidate for the same running tree, which is a copy of `tree`, one of the two: for a change past this
   * candidate. To be ended with `disposeFork`, or by being taken over. In proportion to the trees.
   */
  *fork(tree: "running" | "candidate"): Job<WorkingPair> {
    const copy = yield* copyTree(this.#schema.context, this[tree]);
    const fork = new WorkingPair(this.#schema, this.#beforeChange, this.#running, copy, this.#uniques);
    if (tree === "candidate") fork.#touched.addAll(this.#touched);
    return fork;
  }

  /** The same with `tree` for the candidate, which is taken over. */
  *forkWith(tree: DataTree): Job<WorkingPair> {
    const fork = new WorkingPair(this.#schema, this.#beforeChange, this.#running, tree, this.#uniques);
    try {
      // With its defaults it differs less, and a commit has to look at what differs.
      this.#schema.addDefaults(tree);
      yield;
      yield* addDifferences(fork.#touched, this.#running, tree);
      return fork;
    } catch (error) {
      yield* fork.disposeFork();
      throw error;
    }
  }

  get running(): DataTree {
    return this.#running;
  }

  get candidate(): DataTree {
    return this.#candidate;
  }

  get touched(): InstanceSet {
    return this.#touched;
  }

  /**
   * A copy of the candidate with the defaults that it would have if it were committed; the caller's to free. In proportion
   * to the tree. Throws `YangError` when there is too little memory.
   */
  *completedCandidate(): Job<DataTree> {
    const fork = yield* this.fork("candidate");
    try {
      yield* this.#schema.completeChanges(fork.#difference(fork.#candidate, fork.#touched));
      fork.#touched.dispose();
      return fork.#candidate;
    } catch (error) {
      yield* fork.disposeFork();
      throw error;
    }
  }

  /** False = the candidate equals running for certain, without looking. */
  get isTouched(): boolean {
    return !this.#touched.isEmpty;
  }

  /** Whether the candidate differs from running. Forgets the places where nothing came of it. */
  *isModified(): Job<boolean> {
    yield* this.catchUp();
    let count = 0;
    for (const member of this.#touched.members()) {
      const [old, now] = [this.#running.counterpart(member), this.#candidate.counterpart(member)];
      if ((old === undefined) !== (now === undefined)) return true;
      if (old !== undefined && !this.#touched.isShallow(member) && now?.isEqual(old) !== true) return true;
      if (++count % PLACES_IN_A_SLICE === 0) yield;
    }
    this.#touched.clear();
    return false;
  }

  /**
   * Whether the edit had passwords in clear text, of which only hashes are kept. `access`: of one who may not write
   * everything.
   */
  *edit(edit: ConfigEdit, access?: SchemaAccess): Job<boolean> {
    yield* this.catchUp();
    yield* this.#beforeChange(this.#candidate);
    return yield* editTree(this.#schema, this.#candidate, this.#touched, edit, access);
  }

  /**
   * Makes the candidate what `tree` is, which is taken over. When it throws the candidate is as it was. `access`: of
   * one who may not write everything.
   */
  *replaceCandidate(tree: DataTree, access?: SchemaAccess): Job<void> {
    const fork = yield* this.forkWith(tree);
    try {
      if (access !== undefined) yield* this.#checkReplacement(fork, access);
      yield* this.#beforeChange(this.#candidate);
    } catch (error) {
      yield* fork.disposeFork();
      throw error;
    }
    const old = this.#candidate;
    this.#candidate = fork.#candidate;
    this.#touched.dispose();
    this.#touched = fork.#touched;
    this.#isBehind = false;
    yield* disposeTree(old);
  }

  /** Whether running may be made what the candidate is, by one who may not write everything. Throws `RpcError`. */
  *checkCommit(access: SchemaAccess): Job<void> {
    yield* this.catchUp();
    yield* checkWrites(this.#schema.context, access, differences(this.#running, this.#candidate, this.#touched));
  }

  /** Whether the candidate may be made what running is. Throws `RpcError`. */
  *checkDiscard(access: SchemaAccess): Job<void> {
    yield* this.catchUp();
    yield* checkWrites(this.#schema.context, access, differences(this.#candidate, this.#running, this.#touched));
  }

  /** Both differ from running in known places: nowhere else can they differ from one another. */
  *#checkReplacement(fork: WorkingPair, access: SchemaAccess): Job<void> {
    yield* this.catchUp();
    using places = this.#schema.context.emptyInstanceSet();
    places.addAll(this.#touched);
    places.addAll(fork.#touched);
    yield* checkWrites(this.#schema.context, access, differences(this.#candidate, fork.#candidate, places));
  }

  /** Checks every constraint that the candidate's changes can affect, and completes it. Throws `YangError`. */
  *validate(): Job<void> {
    yield* this.catchUp();
    if (!this.isTouched) return;
    yield* this.#beforeChange(this.#candidate);
    yield* this.#schema.validateChanges(this.#difference(this.#candidate, this.#touched));
  }

  /** For a report of what the candidate changes. */
  changedPlaces(): ChangedPlaces {
    return { context: this.#schema.context, before: this.#running, after: this.#candidate, touched: this.#touched };
  }

  /** The edit that makes running what the candidate is: the children of a `<config>` for "merge". */
  *changes(): Job<Uint8Array> {
    yield* this.catchUp();
    return yield* printChanges(this.#schema.context, this.#running, this.#candidate, this.#touched);
  }

  /** Makes running what the candidate is. Nobody sees a state in between. */
  *commit(): Job<void> {
    yield* this.#uniques.follow(this.#difference(this.#candidate, this.#touched));
    const candidate = this.#candidate;
    this.#candidate = this.#running;
    this.#running = candidate;
    this.#isBehind = this.isTouched;
  }

  /** After a commit: makes the candidate what running is. */
  *catchUp(): Job<void> {
    if (this.#isBehind) yield* this.discard();
  }

  /** Makes running what the fork's candidate is; the own candidate stays as it is. */
  *take(fork: WorkingPair): Job<void> {
    yield* this.#uniques.follow(this.#difference(fork.#candidate, fork.#touched));
    const old = this.#running;
    this.#running = fork.#candidate;
    this.#touched.addAll(fork.#touched);
    fork.#touched.dispose();
    yield* this.#beforeChange(old);
    yield* disposeTree(old);
  }

  *disposeFork(): Job<void> {
    this.#touched.dispose();
    yield* disposeTree(this.#candidate);
  }

  /** Makes the candidate what running is. */
  *discard(): Job<void> {
    if (!this.isTouched) return;
    yield* this.#beforeChange(this.#candidate);
    while (this.isTouched) {
      this.#touched.settle(this.#running, this.#candidate, PLACES_IN_A_SLICE);
      yield;
    }
    this.#isBehind = false;
  }

  #difference(after: DataTree, touched: InstanceSet): ChangedTree {
    return { before: this.#running, after, touched, uniques: this.#uniques };
  }
}
