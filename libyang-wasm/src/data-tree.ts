import { COMPARE, DIFF, DUPLICATE, MERGE } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { DataNode, type DuplicateOptions, flagsOf } from "./data-node.ts";
import type { DetachedNode } from "./detached-node.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import { type FindOptions, findAll, findOne, testAll } from "./find.ts";
import { findEntry, findFirst } from "./lookup.ts";
import { type PrintOptions, printBytes, printText } from "./print.ts";
import type { SchemaNode } from "./schema-node.ts";
import { select } from "./select.ts";
import { TreeRoot } from "./tree-root.ts";
import { rejectNul } from "./wasm-memory.ts";

/** How DataTree.print and printBytes print. */
export interface TreePrintOptions extends PrintOptions {
  /** All top-level nodes, not only the first; on unless told. */
  siblings?: boolean;
}

/**
 * Data of one context: any number of top-level nodes, also none. It owns its nodes until it is disposed; disposing the
 * context disposes its trees.
 */
export class DataTree {
  /** @internal */
  readonly root: TreeRoot;

  /** @internal `first`: address of the first top-level node, 0 for none. */
  constructor(core: ContextCore, first: number) {
    this.root = new TreeRoot(core, "tree", first);
  }

  /** Whether it has no nodes. */
  get isEmpty(): boolean {
    return this.root.first === 0;
  }

  /** The first top-level node. */
  first(): DataNode | undefined {
    const address = this.root.first;
    return address === 0 ? undefined : new DataNode(this.root, address);
  }

  /** The top-level nodes, as they are now. */
  roots(): Iterable<DataNode> {
    return DataNode.listFrom(this.root, this.root.first);
  }

  /** Prints the tree; "" when there is nothing to show. Throws YangError. */
  print(options: TreePrintOptions = {}): string {
    return printText(this.#core, this.root.first, options, options.siblings !== false);
  }

  /** As print, in UTF-8: cheaper for what goes to a socket or a file, and the way to get LYB. */
  printBytes(options: TreePrintOptions = {}): Uint8Array {
    return printBytes(this.#core, this.root.first, options, options.siblings !== false);
  }

  /**
   * Nodes an XPath selects; prefixes are module names. An unknown node selects nothing. Throws YangError, with code ELIMIT
   * beyond the bounds in `options`.
   */
  find(xpath: string, options: FindOptions = {}): DataNode[] {
    const first = this.root.first;
    if (first === 0) return [];
    return findAll(this.#core, 0, first, xpath, options).map((address) => new DataNode(this.root, address));
  }

  /**
   * The value of an XPath as a boolean (XPath 1.0 §4.3): of a node set, whether there is a node in it. False in an empty
   * tree. Throws as find does.
   */
  test(xpath: string, options: FindOptions = {}): boolean {
    const first = this.root.first;
    return first !== 0 && testAll(this.#core, 0, first, xpath, options);
  }

  /**
   * The outermost nodes an XPath selects, in the order of the tree: what is in one of them is not given by itself, nor is
   * a text apart from its leaf. Prefixes are those of `namespaces`, as in XML, also of identities in literals. A name
   * without prefix is an error, as is a prefix of no implemented module, and a result that is no node set. Throws as find
   * does; the iterator throws StaleHandleError where the tree has lost a node meanwhile, and YangError (EMEM) where there is
   * too little memory to note more.
   */
  select(xpath: string, namespaces: ReadonlyMap<string, string>, options: FindOptions = {}): Iterable<DataNode> {
    return this.root.first === 0 ? [] : select(this.root, xpath, namespaces, options);
  }

  /** The node an absolute instance path names, found by hash; undefined when there is none. Throws YangError. */
  findPath(path: string): DataNode | undefined {
    const first = this.root.first;
    if (first === 0) return undefined;
    const address = findOne(this.#core, first, path);
    return address === 0 ? undefined : new DataNode(this.root, address);
  }

  /** The top-level node that is the same instance as `sibling`, a node of any tree of this context. */
  findTop(sibling: DataNode): DataNode | undefined {
    this.#core.assertSame(sibling.root.core);
    const address = this.#call.lyw_find_equal(this.root.first, sibling.address);
    return address === 0 ? undefined : new DataNode(this.root, address);
  }

  /** What this tree has in the place of `node`, of any tree of this context: the same instance, at any depth. */
  counterpart(node: DataNode): DataNode | undefined {
    this.#core.assertSame(node.root.core);
    const address = this.#call.lyw_counterpart(this.root.first, node.address);
    return address === 0 ? undefined : new DataNode(this.root, address);
  }

  /** The first top-level instance of a schema node. */
  firstInstance(schema: SchemaNode): DataNode | undefined {
    return this.#optional(findFirst(this.#core, this.root.first, schema));
  }

  /** As DataNode.findEntry, among the top-level nodes, which have no hash table: it takes time for each of them. */
  findEntry(list: SchemaNode, keys: readonly string[]): DataNode | undefined {
    return this.#optional(findEntry(this.#core, this.root.first, list, keys));
  }

  /** An exact copy, with metadata and marks. Throws YangError. */
  duplicate(): DataTree {
    const first = this.root.first;
    if (first === 0) return new DataTree(this.#core, 0);
    const { engine } = this.#core;
    const flags = DUPLICATE.recursive | DUPLICATE.withFlags;
    this.#core.check(this.#call.lyd_dup_siblings(first, 0, flags, engine.out(0)), "other");
    return new DataTree(this.#core, engine.result(0));
  }

  /**
   * Adds the source's nodes to this tree; leaves in both take the source's value. With `consume` its nodes move instead
   * of being copied and it is empty afterwards, also after an error, but EMEM. Throws YangError, or TypeError when there are opaque
   * nodes in the source: libyang cannot tell which of them would be the same.
   */
  merge(source: DataTree, options: { consume?: boolean } = {}): void {
    this.#assertSameContext(source);
    const from = source.root.first;
    if (source === this || from === 0) return;
    this.#assertNoOpaque(from);
    const consume = options.consume === true;
    const result = this.root.update(0, (first) => this.#call.lyw_merge(first, from, consume ? MERGE.destruct : 0));
    if (consume) source.root.clear();
    this.#core.check(result, "other");
  }

  /**
   * What changes this tree into the other one; empty when they are equal. `defaults`: default nodes and marks too, which
   * makes applying and reversing exact; without, a leaf that becomes explicit counts as created. Throws YangError, or
   * TypeError when there are opaque nodes, as do the next three.
   */
  diff(to: DataTree, options: { defaults?: boolean } = {}): DataTree {
    this.#assertSameContext(to);
    this.#assertNoOpaque(this.root.first);
    this.#assertNoOpaque(to.root.first);
    const { engine } = this.#core;
    const flags = options.defaults === true ? DIFF.defaults : 0;
    this.#core.check(this.#call.lyd_diff_siblings(this.root.first, to.root.first, flags, engine.out(0)), "other");
    return new DataTree(this.#core, engine.result(0));
  }

  /**
   * Applies a diff made by `diff` or `reverseDiff`. What it creates takes the place of a default. Throws YangError when it
   * does not fit; some of it may be done.
   */
  applyDiff(diff: DataTree): void {
    this.#assertSameContext(diff);
    const changes = diff.root.first;
    if (changes === 0) return;
    this.#assertNoOpaque(changes);
    this.#core.check(
      this.root.update(0, (first) => this.#call.lyd_diff_apply_all(first, changes)),
      "other",
    );
  }

  /** Of a diff: the diff that undoes it. Throws YangError. */
  reverseDiff(): DataTree {
    const first = this.root.first;
    if (first === 0) return new DataTree(this.#core, 0);
    this.#assertNoOpaque(first);
    const { engine } = this.#core;
    this.#core.check(this.#call.lyd_diff_reverse_all(first, engine.out(0)), "other");
    return new DataTree(this.#core, engine.result(0));
  }

  /** Of a diff: appends a diff that comes after it, so that this one does both. Throws YangError. */
  mergeDiff(later: DataTree): void {
    this.#assertSameContext(later);
    const changes = later.root.first;
    if (changes === 0) return;
    this.#assertNoOpaque(changes);
    this.#assertNoOpaque(this.root.first);
    this.#core.check(
      this.root.update(0, (first) => this.#call.lyd_diff_merge_all(first, changes, 0)),
      "other",
    );
  }

  /**
   * Creates the node an absolute instance path names, and its missing parents; an existing leaf takes the value.
   * Returns the node. Throws YangError (unknown path, bad value).
   */
  setPath(path: string, value?: string): DataNode {
    rejectNul(path, "the path");
    if (value !== undefined) rejectNul(value, "the value");
    const { engine } = this.#core;
    const result = engine.withStrings([path, value], (where = 0, text = 0) =>
      this.root.update(0, (first) => this.#call.lyw_set_path(this.#core.address, 0, first, where, text, engine.out(1))),
    );
    const created = engine.result(1);
    this.#core.check(result, "parse");
    if (created !== 0) return new DataNode(this.root, created);
    const existing = this.findPath(path);
    if (existing === undefined) throw new Error(`libyang made no node for ${path}`);
    return existing;
  }

  /** Inserts a top-level node at its place. Throws YangError. */
  insertTop(node: DetachedNode): DataNode {
    const address = node.insertWith(this.root, (child) =>
      this.#core.check(
        this.root.update(0, (first) => this.#call.lyw_insert_top(first, child)),
        "other",
      ),
    );
    return new DataNode(this.root, address);
  }

  /** Inserts a copy of a top-level node of any tree of this context, as insertTop does. Throws YangError. */
  insertTopCopy(source: DataNode, options: DuplicateOptions = {}): DataNode {
    this.#core.assertSame(source.root.core);
    const { address } = source;
    const copy = this.#core.engine.out(1);
    this.#core.check(
      this.root.update(0, (first) => this.#call.lyw_insert_copy(0, first, address, flagsOf(options), copy)),
      "other",
    );
    return new DataNode(this.root, this.#core.engine.result(1));
  }

  /** Whether both hold the same data, defaults and order of user-ordered lists included. */
  isEqual(other: DataTree): boolean {
    this.#assertSameContext(other);
    const { root } = this;
    if (root.first === 0 || other.root.first === 0) return root.first === other.root.first;
    const fullRecursionWithDefaults = COMPARE.fullRecursion | COMPARE.defaults;
    const result = this.#call.lyd_compare_siblings(root.first, other.root.first, fullRecursionWithDefaults);
    if (result !== 0) this.#core.forgetErrors();
    return result === 0;
  }

  /** Frees the nodes; all handles to them end. Idempotent. */
  dispose(): void {
    this.root.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  #optional(address: number): DataNode | undefined {
    return address === 0 ? undefined : new DataNode(this.root, address);
  }

  get #core() {
    return this.root.core;
  }

  get #call() {
    return this.root.core.engine.call;
  }

  /** libyang neither knows which of two opaque nodes are the same, nor expects any in a diff. */
  #assertNoOpaque(first: number): void {
    if (this.#call.lyw_has_opaque(first) !== 0) throw new TypeError("opaque nodes can be neither merged nor in a diff");
  }

  #assertSameContext(other: DataTree): void {
    this.#core.assertSame(other.#core);
  }
}
