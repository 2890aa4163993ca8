import { DATA_FLAG, DUPLICATE } from "./constants.ts";
import { DetachedNode } from "./detached-node.ts";
import { type FindOptions, findAll, findOne, testAll } from "./find.ts";
import { type Condition, findEntry, findFirst, findMatch } from "./lookup.ts";
import { type Attribute, type Metadata, readAttributes, readMetadata } from "./metadata.ts";
import type { NodeKind } from "./node-kind.ts";
import { type PlainObject, plainObject } from "./plain-object.ts";
import { type PrintOptions, printText } from "./print.ts";
import { SchemaNode } from "./schema-node.ts";
import { StaleHandleError } from "./stale-handle-error.ts";
import { TreeRoot } from "./tree-root.ts";
import { rejectNul } from "./wasm-memory.ts";
import { outOfMemory, type YangErrorItem } from "./yang-error.ts";

/** What a copy takes with it. */
export interface DuplicateOptions {
  /** With all descendants; on unless told. Keys of a list are always copied. */
  recursive?: boolean;
  /** Leave metadata out; off unless told. */
  noMetadata?: boolean;
  /** Keep the marks "is a default" and "not yet validated"; off unless told. */
  withFlags?: boolean;
}

/** @internal */
export const flagsOf = (options: DuplicateOptions): number =>
  (options.recursive === false ? 0 : DUPLICATE.recursive) |
  (options.noMetadata === true ? DUPLICATE.noMetadata : 0) |
  (options.withFlags === true ? DUPLICATE.withFlags : 0);

/**
 * A node of data. It is a handle: two handles may name the same node (see `isSame`), and a handle ends when its node is
 * freed, unlinked or moved to another tree, by whatever call; from then on each use throws StaleHandleError.
 */
export class DataNode {
  readonly #root: TreeRoot;
  readonly #address: number;
  readonly #slot: number;
  readonly #generation: number;

  /** @internal `address` is of a node that lives now. */
  constructor(root: TreeRoot, address: number) {
    const { call } = root.core.engine;
    this.#root = root;
    this.#address = address;
    this.#slot = call.lyw_handle(address);
    if (this.#slot === 0) throw outOfMemory();
    this.#generation = call.lyw_handle_generation(this.#slot);
  }

  /** Whether the handle can still be used. */
  get isAlive(): boolean {
    if (this.#root.isDisposed || this.#core.engine.trap !== undefined) return false;
    return this.#call.lyw_handle_generation(this.#slot) === this.#generation;
  }

  /** Whether two handles name the same node. */
  isSame(other: DataNode): boolean {
    return this.address === other.address && this.#core === other.root.core;
  }

  /**
   * Whether two nodes that are the same instance, each in a tree of its own, hold the same, defaults included, and have
   * the same place among the entries that the user ordered.
   */
  isEqual(other: DataNode): boolean {
    this.#core.assertSame(other.root.core);
    const isEqual = this.#call.lyw_is_equal(this.address, other.address) !== 0;
    if (!isEqual) this.#core.forgetErrors();
    return isEqual;
  }

  /** A number that no other node of the instance has while this one is where it is. */
  get handle(): number {
    this.#root.assertUsable();
    return this.#slot;
  }

  /**
   * Whether a parsed subtree says no more than that it is there: configuration without metadata and not tagged as a
   * default, nothing of a choice, no container that is empty and means nothing; and nothing given twice, unless
   * `mayRepeat` says that this is known.
   */
  isPlain(options: { mayRepeat?: boolean } = {}): boolean {
    return this.#call.lyw_is_plain(this.address, options.mayRepeat === true ? 1 : 0) !== 0;
  }

  /** Whether the same instance stands twice among the siblings of this parsed node. */
  get hasTwin(): boolean {
    return this.#call.lyw_has_twin(this.address) !== 0;
  }

  /** The node's name, without prefix. */
  get name(): string {
    return this.schema?.name ?? this.#text(this.#call.lyw_node_name(this.address)) ?? "";
  }

  /** The node's module; of an opaque node only what JSON said. */
  get moduleName(): string | undefined {
    return this.schema?.moduleName ?? this.#text(this.#call.lyw_opaque_module_name(this.address));
  }

  /** The node's namespace; of an opaque node only what XML said. */
  get namespace(): string | undefined {
    const address = this.address;
    const schema = this.#call.lyw_node_schema(address);
    if (schema === 0) return this.#text(this.#call.lyw_opaque_namespace(address));
    return this.#text(this.#call.lyw_module_namespace(this.#call.lyw_schema_module(schema)));
  }

  /** What statement of the model it is an instance of. */
  get kind(): NodeKind {
    return this.schema?.kind ?? "opaque";
  }

  /** Its schema node; undefined for an opaque node. */
  get schema(): SchemaNode | undefined {
    const schema = this.#call.lyw_node_schema(this.address);
    return schema === 0 ? undefined : SchemaNode.at(this.#core, schema);
  }

  /** A leaf's or leaf-list entry's canonical value, an opaque node's text, or anydata's when kept as text. */
  get value(): string | undefined {
    return this.#text(this.#call.lyw_node_value(this.address));
  }

  /**
   * Whether it is a default: a leaf no one set, or a container with nothing but defaults. In parsed data also what was
   * tagged as one (RFC 6243 §4.5.2), which says nothing of its value: see hasDefaultValue.
   */
  get isDefault(): boolean {
    return (this.#call.lyw_node_flags(this.address) & DATA_FLAG.isDefault) !== 0;
  }

  /**
   * Whether a leaf has its default value, or the leaf-list an entry is of has just its defaults, in their order if that
   * matters; whoever set them.
   */
  get hasDefaultValue(): boolean {
    return this.#call.lyw_has_default_value(this.address) !== 0;
  }

  /** Whether it is configuration; false for state, operations and opaque nodes. */
  get isConfig(): boolean {
    return this.schema?.isConfig ?? false;
  }

  /** The node it is in; undefined at the top, also inside anydata. */
  get parent(): DataNode | undefined {
    return this.#optional(this.#call.lyw_node_parent(this.address));
  }

  /** The node after it in the same parent, or at the top of the same tree. */
  get nextSibling(): DataNode | undefined {
    return this.#optional(this.#call.lyw_node_next(this.address));
  }

  /** The node before it in the same parent, or at the top of the same tree. */
  get previousSibling(): DataNode | undefined {
    return this.#optional(this.#call.lyw_node_previous(this.address));
  }

  /** The first node in it. What is in anydata is not in it: see anyChildren. */
  get firstChild(): DataNode | undefined {
    return this.#optional(this.#call.lyw_node_child(this.address));
  }

  /** The nodes in it, as they are now: in the model's order, opaque ones last. */
  children(): DataNode[] {
    return DataNode.listFrom(this.#root, this.#call.lyw_node_child(this.address));
  }

  /** Instance path with module names, as in `/module:container/list[key='a']/leaf`. */
  get path(): string {
    return this.#core.engine.takeString(this.#call.lyw_node_path(this.address));
  }

  /** A list entry's key values, in the key statement's order; empty for other nodes. */
  keyValues(): string[] {
    const values: string[] = [];
    // Keys come first among the children, whatever the input's order was.
    for (let key = this.firstChild; key?.schema?.isKey === true; key = key.nextSibling) values.push(key.value ?? "");
    return values;
  }

  /**
   * What a container or list entry holds, as plain data: leafs as canonical text, leaf-lists as arrays of it, containers
   * as objects, by their names without module. Lists, anydata and what is not configuration are left out.
   */
  toObject(): PlainObject {
    return plainObject(this.#core, this.address);
  }

  /** Metadata of a data node, in the input's order; empty for opaque nodes. */
  metadata(): Metadata[] {
    return readMetadata(this.#core, this.address);
  }

  /** XML attributes of an opaque node; empty for data nodes. */
  attributes(): Attribute[] {
    return readAttributes(this.#core, this.address);
  }

  /** The nodes inside anydata or anyxml. They can be read and edited below, but not added or removed at their top. */
  anyChildren(): DataNode[] {
    const first = this.#call.lyw_any_tree(this.address);
    if (first === 0) return [];
    return DataNode.listFrom(new TreeRoot(this.#core, "anydata", first, this.#root), first);
  }

  /** Why this opaque node is not a data node; undefined for data nodes, and when libyang finds nothing wrong. */
  opaqueError(): YangErrorItem | undefined {
    const address = this.address;
    if (this.#call.lyw_node_schema(address) !== 0 || this.#call.lyd_parse_opaq_error(address) === 0) return undefined;
    const [item] = this.#core.takeErrors();
    if (item === undefined) return undefined;
    // For wrong values libyang names the schema node only.
    return { ...item, dataPath: item.dataPath ?? this.path };
  }

  /**
   * The child that is the same instance as `sibling`, which may be in any tree of this context: same schema node and
   * same keys, or same value for a leaf-list. Takes constant time (a hash table).
   */
  findChild(sibling: DataNode): DataNode | undefined {
    this.#core.assertSame(sibling.root.core);
    return this.#optional(this.#call.lyw_find_equal(this.#call.lyw_node_child(this.address), sibling.address));
  }

  /** The first instance of a schema node among the children. Takes constant time (a hash table). */
  firstInstance(schema: SchemaNode): DataNode | undefined {
    return this.#optional(findFirst(this.#core, this.#call.lyw_node_child(this.address), schema));
  }

  /**
   * The entry of a list among the children that has these keys, in the key statement's order, or the entry of a leaf-list
   * that has this value. They may be in any lexical form of their types, as in JSON. Undefined when there is none, or a
   * text is no value of its type. Takes constant time, but for leaf-lists of state, which may hold a value twice.
   */
  findEntry(list: SchemaNode, keys: readonly string[]): DataNode | undefined {
    return this.#optional(findEntry(this.#core, this.#call.lyw_node_child(this.address), list, keys));
  }

  /**
   * Looks at this entry and those after it in its list, at most `maxEntries`, for one that meets all conditions.
   * Returns that one, or where to go on, or no node after the last.
   */
  findMatch(conditions: readonly Condition[], maxEntries: number): { node: DataNode | undefined; isMatch: boolean } {
    const { address, isMatch } = findMatch(this.#core, this.address, conditions, maxEntries);
    return { node: this.#optional(address), isMatch };
  }

  /** Whether it comes before a sibling; entries of what the system orders compare by key or value, in constant time. */
  precedes(sibling: DataNode): boolean {
    this.#core.assertSame(sibling.root.core);
    return this.#call.lyw_precedes(this.address, sibling.address) !== 0;
  }

  /**
   * Nodes an XPath selects, with this node as context; prefixes are module names. Throws YangError, with code ELIMIT beyond
   * the bounds in `options`.
   */
  find(xpath: string, options: FindOptions = {}): DataNode[] {
    const top = this.#call.lyw_node_root(this.address);
    return findAll(this.#core, this.address, top, xpath, options).map((address) => new DataNode(this.#root, address));
  }

  /** The value of an XPath as a boolean, with this node as context: see DataTree.test. Throws as find does. */
  test(xpath: string, options: FindOptions = {}): boolean {
    return testAll(this.#core, this.address, this.#call.lyw_node_root(this.address), xpath, options);
  }

  /** The descendant an instance path names, relative to this node; undefined when there is none. Throws YangError. */
  findPath(path: string): DataNode | undefined {
    return this.#optional(findOne(this.#core, this.address, path));
  }

  /** Sets a value and ends its being a default; the same value is no error. Throws YangError (bad value, a list's key). */
  changeValue(value: string): void {
    rejectNul(value, "the value");
    const address = this.address;
    const result = this.#core.engine.withStrings([value], (text = 0) => this.#call.lyw_change_value(address, text));
    this.#core.check(result, "parse");
  }

  /** Copies the node. Throws YangError. */
  duplicate(options: DuplicateOptions = {}): DetachedNode {
    const { engine } = this.#core;
    this.#core.check(this.#call.lyd_dup_single(this.address, 0, flagsOf(options), engine.out(0)), "other");
    return this.#detached(engine.result(0));
  }

  /** Takes the node out of its tree. All handles to it and its descendants end. Throws YangError (a list's key). */
  unlink(): DetachedNode {
    const address = this.address;
    this.#assertMovable("unlink");
    this.#core.check(
      this.#root.update(0, (first) => this.#call.lyw_unlink(address, first)),
      "other",
    );
    if (this.#root.kind === "detached") this.#root.release();
    return this.#detached(address);
  }

  /** Frees the node and its descendants; all handles to them end. Throws YangError (a list's key). */
  remove(): void {
    const address = this.address;
    this.#assertMovable("remove");
    this.#core.check(
      this.#root.update(0, (first) => this.#call.lyw_remove(address, first)),
      "other",
    );
  }

  /**
   * Inserts at the schema's place, at the end of its list if the user orders it. An equal instance gives way if it is a
   * default; otherwise the insertion is refused (EEXIST). Throws YangError, or TypeError for data below an opaque node.
   */
  insertChild(node: DetachedNode): DataNode {
    const parent = this.address;
    if (this.#isOpaque && !node.node.#isOpaque) throw new TypeError("data cannot be put below an opaque node");
    return this.#insert(node, (child) => this.#core.check(this.#call.lyw_insert_child(parent, child), "other"));
  }

  /** Inserts a copy of a node of any tree of this context, as insertChild does. Throws YangError. */
  insertCopy(source: DataNode, options: DuplicateOptions = {}): DataNode {
    this.#core.assertSame(source.root.core);
    const copy = this.#core.engine.out(0);
    this.#core.check(this.#call.lyw_insert_copy(this.address, 0, source.address, flagsOf(options), copy), "other");
    return new DataNode(this.#root, this.#core.engine.result(0));
  }

  /**
   * Inserts before this entry of a user-ordered list or leaf-list; or an opaque node before an opaque one. Throws
   * YangError, or TypeError when only one of the two is opaque: data comes before what is opaque.
   */
  insertBefore(node: DetachedNode): DataNode {
    const sibling = this.address;
    this.#assertBeside(node);
    return this.#insert(node, (child) =>
      this.#core.check(
        this.#root.update(0, (first) => this.#call.lyw_insert_before(sibling, child, first)),
        "other",
      ),
    );
  }

  /** As insertBefore, after this node. */
  insertAfter(node: DetachedNode): DataNode {
    const sibling = this.address;
    this.#assertBeside(node);
    return this.#insert(node, (child) => this.#core.check(this.#call.lyw_insert_after(sibling, child), "other"));
  }

  /** Adds metadata. Throws YangError when the module defines no such annotation, or the value is bad. */
  addMetadata(moduleName: string, name: string, value: string): void {
    rejectNul(value, "the value");
    const { engine } = this.#core;
    const address = this.address;
    const result = engine.withStrings([moduleName, name, value], (module = 0, label = 0, text = 0) =>
      this.#call.lyw_meta_add(
        address,
        this.#call.ly_ctx_get_module_implemented(this.#core.address, module),
        label,
        text,
      ),
    );
    this.#core.check(result, "other");
  }

  /** Removes all metadata of that name from this node. */
  removeMetadata(moduleName: string, name: string): void {
    const address = this.address;
    this.#core.engine.withStrings([moduleName, name], (module = 0, label = 0) =>
      this.#call.lyw_meta_remove(address, module, label),
    );
  }

  /** Removes all metadata from this node and its descendants. */
  stripMetadata(): void {
    this.#call.lyw_meta_strip(this.address);
  }

  /** Adds the defaults missing below this node. Throws YangError. */
  createImplicit(): void {
    this.#core.check(this.#call.lyd_new_implicit_tree(this.address, 0, 0), "other");
  }

  /** Prints this node and its descendants. Throws YangError. */
  print(options: PrintOptions = {}): string {
    return printText(this.#core, this.address, options, false);
  }

  /** @internal The address, after checking that the node is still there. */
  get address(): number {
    this.#root.assertUsable();
    if (this.#call.lyw_handle_generation(this.#slot) !== this.#generation) {
      throw new StaleHandleError("the data node was freed, unlinked, or moved to another tree");
    }
    return this.#address;
  }

  /** @internal */
  get root(): TreeRoot {
    return this.#root;
  }

  /** @internal Handles for a node and all siblings after it. */
  static listFrom(root: TreeRoot, first: number): DataNode[] {
    const nodes: DataNode[] = [];
    const { call } = root.core.engine;
    for (let node = first; node !== 0; node = call.lyw_node_next(node)) nodes.push(new DataNode(root, node));
    return nodes;
  }

  get #core() {
    return this.#root.core;
  }

  get #call() {
    return this.#root.core.engine.call;
  }

  #text(address: number): string | undefined {
    return this.#core.engine.memory.string(address);
  }

  #optional(address: number): DataNode | undefined {
    return address === 0 ? undefined : new DataNode(this.#root, address);
  }

  #detached(address: number): DetachedNode {
    const root = new TreeRoot(this.#core, "detached", address);
    return new DetachedNode(root, new DataNode(root, address));
  }

  #insert(node: DetachedNode, insert: (address: number) => void): DataNode {
    return new DataNode(this.#root, node.insertWith(this.#root, insert));
  }

  get #isOpaque(): boolean {
    return this.#call.lyw_node_schema(this.address) === 0;
  }

  #assertBeside(node: DetachedNode): void {
    this.#assertMovable("insert beside");
    if (this.#isOpaque !== node.node.#isOpaque)
      throw new TypeError("data and opaque nodes are not ordered by the user");
  }

  /** Only a tree can have its top-level nodes changed: see TreeRoot. */
  #assertMovable(what: string): void {
    if (this.#root.kind === "tree" || this.#call.lyw_node_parent(this.address) !== 0) return;
    if (this.#root.kind === "anydata") throw new Error(`cannot ${what} a top node of anydata: duplicate() it instead`);
    if (what === "insert beside") throw new Error("cannot insert beside a detached node");
  }
}
