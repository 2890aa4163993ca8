import type { ContextCore } from "./context-core.ts";
import type { DataNode } from "./data-node.ts";
import { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import type { Module } from "./module.ts";
import type { SchemaNode } from "./schema-node.ts";
import { StaleHandleError } from "./stale-handle-error.ts";
import { flagsOf, type ValidationFlags, ValidationOutcome } from "./validation-outcome.ts";
import { outOfMemory } from "./yang-error.ts";

/**
 * Validation of a tree in parts, each in time proportional to the part: the steps of Context.validate one by one, for
 * the nodes the caller names. It is as good as the whole if these are all that a change to a valid tree can affect.
 * In this order: complete…, noteWhens and evaluateWhens until nothing changes any more; resolveTypes; check…; finish.
 *
 * Methods that take `node` and `schema` are about all instances of `schema` at or below `node`, or in the whole tree
 * when `node` is undefined. What is wrong is collected, and thrown by `finish`.
 */
export class ValidationPass {
  readonly #core: ContextCore;
  readonly #tree: DataTree;
  readonly #outcome: ValidationOutcome;
  #changes: DataTree;
  #address: number;

  /** Throws YangError (EMEM). */
  constructor(tree: DataTree, options: ValidationFlags = {}) {
    this.#core = tree.root.core;
    this.#tree = tree;
    this.#outcome = new ValidationOutcome(this.#core);
    this.#address = this.#call.lyw_pass_new(flagsOf(options));
    if (this.#address === 0) throw outOfMemory();
    this.#changes = new DataTree(this.#core, 0);
  }

  /** A new subtree: adds the defaults in it, and notes its whens and types. */
  completeSubtree(node: DataNode): void {
    const address = this.#addressOf(node);
    this.#outcome.add(this.#call.lyw_pass_complete_subtree(this.#pass, address, this.#first));
  }

  /** A new node, or one with another value, without what is below it: notes its when and its type. */
  completeNode(node: DataNode): void {
    const address = this.#addressOf(node);
    this.#outcome.add(this.#call.lyw_pass_complete_node(this.#pass, address, this.#first));
  }

  /** Adds the defaults missing among the top-level nodes of a module, and removes those that others took the place of. */
  completeTop(module: Module): void {
    const address = module.addressIn(this.#core);
    this.#changing((first, changes) => this.#call.lyw_pass_complete_top(this.#pass, address, first, changes));
  }

  /** The same among the children. */
  completeChildren(node: DataNode | undefined, schema: SchemaNode): void {
    const [at, of] = [this.#addressOf(node), schema.addressIn(this.#core)];
    this.#changing((_, changes) => this.#call.lyw_pass_complete_children(this.#pass, at, this.#first, of, changes));
  }

  /** The whens of these nodes are to be evaluated anew. */
  noteWhens(node: DataNode | undefined, schema: SchemaNode): void {
    this.#outcome.add(this.#call.lyw_pass_note_whens(this.#pass, ...this.#below(node, schema)));
  }

  /** What the values of these leafs or leaf-lists refer to is to be looked for anew. */
  noteTypes(node: DataNode | undefined, schema: SchemaNode): void {
    const [pass, below] = [this.#pass, this.#below(node, schema)];
    if (schema.baseType === undefined) throw new TypeError(`a ${schema.kind} has no type`);
    this.#outcome.add(this.#call.lyw_pass_note_types(pass, ...below));
  }

  /** Evaluates the whens noted so far: nodes whose when was true, and no longer is, are removed. */
  evaluateWhens(): void {
    this.#changing((first, changes) => this.#call.lyw_pass_evaluate_whens(this.#pass, first, changes));
  }

  /** What the pass itself changed since this was last asked, outside of new subtrees, as a diff; the caller's to free. */
  takeChanges(): DataTree {
    // Throws when the pass was disposed.
    void this.#pass;
    const changes = this.#changes;
    this.#changes = new DataTree(this.#core, 0);
    return changes;
  }

  /** Looks for what up to `limit` of the values noted refer to (leafref, instance-identifier). False when some are left. */
  resolveTypes(limit: number): boolean {
    const left = this.#core.engine.out(2);
    this.#outcome.add(
      this.#tree.root.update(0, (first) => this.#call.lyw_pass_resolve_types(this.#pass, first, limit, left)),
    );
    return this.#core.engine.result(2) === 0;
  }

  /** The rules of a new subtree and of all in it. */
  checkSubtree(node: DataNode): void {
    const address = this.#addressOf(node);
    this.#outcome.add(this.#call.lyw_pass_check_subtree(this.#pass, address));
  }

  /** mandatory, min-elements and max-elements among the top-level nodes of a module. */
  checkTop(module: Module): void {
    const address = module.addressIn(this.#core);
    this.#outcome.add(this.#call.lyw_pass_check_top(this.#pass, address, this.#first));
  }

  /** mandatory, min-elements and max-elements among the children. */
  checkChildren(node: DataNode | undefined, schema: SchemaNode): void {
    this.#outcome.add(this.#call.lyw_pass_check_children(this.#pass, ...this.#below(node, schema)));
  }

  /** The must statements of these nodes. */
  checkMusts(node: DataNode | undefined, schema: SchemaNode): void {
    this.#outcome.add(this.#call.lyw_pass_check_musts(this.#pass, ...this.#below(node, schema)));
  }

  /** The unique statements of a list among the children of `parent`, or at the top. In proportion to that list. */
  checkUnique(parent: DataNode | undefined, list: SchemaNode): void {
    const [at, of] = [this.#addressOf(parent), list.addressIn(this.#core)];
    const [pass, first] = [this.#pass, this.#first];
    if (list.kind !== "list") throw new TypeError(`a ${list.kind} has no unique statement`);
    this.#outcome.add(this.#call.lyw_pass_check_unique(pass, at, of, first));
  }

  /** Throws YangError with phase "validate" when anything was wrong. */
  finish(): void {
    this.#outcome.finish();
  }

  /** Frees what the pass holds; the tree stays. Idempotent. */
  dispose(): void {
    if (this.#address === 0) return;
    this.#changes.dispose();
    if (this.#core.engine.trap === undefined) this.#call.lyw_pass_free(this.#address);
    this.#address = 0;
  }

  [DISPOSE](): void {
    this.dispose();
  }

  get #call() {
    return this.#core.engine.call;
  }

  get #pass(): number {
    if (this.#address === 0) throw new StaleHandleError("the validation pass was disposed");
    return this.#address;
  }

  /** 0 for undefined. */
  #addressOf(node: DataNode | undefined): number {
    if (node === undefined) return 0;
    this.#core.assertSame(node.root.core);
    if (node.root !== this.#tree.root) throw new TypeError("the node is not in the tree that is validated");
    if (node.kind === "opaque") throw new TypeError("an opaque node has no rules");
    return node.address;
  }

  get #first(): number {
    return this.#tree.root.first;
  }

  #below(node: DataNode | undefined, schema: SchemaNode): [number, number, number] {
    return [this.#addressOf(node), this.#first, schema.addressIn(this.#core)];
  }

  /** A call that adds or removes nodes, and notes them. */
  #changing(work: (firstInOut: number, changesInOut: number) => number): void {
    this.#outcome.add(
      this.#tree.root.update(0, (first) => this.#changes.root.update(1, (changes) => work(first, changes))),
    );
  }
}
