import { IN_OUTPUT, SCHEMA_FLAG } from "./constants.ts";
import { ConstraintExpression } from "./constraint-expression.ts";
import type { ContextCore } from "./context-core.ts";
import { canonicalValue } from "./lookup.ts";
import { type BaseType, baseType, type NodeKind, nodeKind } from "./node-kind.ts";
import type { LeafrefType, SchemaType, Status } from "./schema-type.ts";
import { readType, statusOf, type TypeOwner } from "./schema-type-reader.ts";

const UNBOUNDED = 0xffffffff;

/** An extension statement in use at a schema node (RFC 7950 §7.19). */
export interface Extension {
  /** The module that defines the extension. */
  moduleName: string;
  /** The extension's name, without prefix. */
  name: string;
  /** The argument as it was written; undefined when the extension has none. */
  argument?: string;
}

/**
 * A node of the compiled model: groupings are expanded, augments and deviations applied, disabled features gone.
 * Valid until another module is loaded into the context; then each access throws StaleHandleError.
 */
export class SchemaNode {
  /** The node's name, without prefix; "input" and "output" for those statements. */
  readonly name: string;
  /** The statement that defines it. */
  readonly kind: NodeKind;
  /** The module the node's namespace is of; for augmented nodes the augmenting one. */
  readonly moduleName: string;
  readonly #core: ContextCore;
  readonly #address: number;
  readonly #flags: number;
  readonly #generation: number;
  /** Printed when it is first asked for: it is asked for once for each node of data. */
  #path: string | undefined;
  #type: SchemaType | undefined;

  /** @internal Use SchemaNode.at. */
  constructor(core: ContextCore, address: number) {
    const { call, memory } = core.engine;
    this.#core = core;
    this.#address = address;
    this.#generation = core.schemaGeneration;
    this.#flags = call.lyw_schema_flags(address);
    this.name = memory.string(call.lyw_schema_name(address)) ?? "";
    this.kind = nodeKind(call.lyw_schema_type(address));
    this.moduleName = memory.string(call.lyw_module_name(call.lyw_schema_module(address))) ?? "";
  }

  /** @internal The one object for a schema node. */
  static at(core: ContextCore, address: number): SchemaNode {
    const known = core.schemaNodes.get(address);
    if (known !== undefined) return known;
    const node = new SchemaNode(core, address);
    core.schemaNodes.set(address, node);
    return node;
  }

  /** Whether the node is configuration (`config true`). */
  get isConfig(): boolean {
    return (this.#flags & SCHEMA_FLAG.config) !== 0;
  }

  /** Whether it is a mandatory node in the sense of RFC 7950 §3: also a container with a mandatory child. */
  get isMandatory(): boolean {
    return (this.#flags & SCHEMA_FLAG.mandatory) !== 0;
  }

  /** Whether it is a container whose existence means something (RFC 7950 §7.5.1). */
  get isPresence(): boolean {
    return this.kind === "container" && (this.#flags & SCHEMA_FLAG.presence) !== 0;
  }

  /** Whether it is a key leaf of its list. */
  get isKey(): boolean {
    return this.kind === "leaf" && (this.#flags & SCHEMA_FLAG.key) !== 0;
  }

  /** Whether it is a list or leaf-list ordered by the user. */
  get isUserOrdered(): boolean {
    return (this.kind === "list" || this.kind === "leaf-list") && (this.#flags & SCHEMA_FLAG.userOrdered) !== 0;
  }

  /** Names of a list's key leaves, in the key statement's order; empty for other nodes. */
  get keys(): string[] {
    if (this.kind !== "list") return [];
    return this.children()
      .filter((child) => child.isKey)
      .map((child) => child.name);
  }

  /** Path of the instances, as in `/module:container/list/leaf`: choices and cases left out. */
  get path(): string {
    const address = this.#at();
    this.#path ??= this.#core.engine.takeString(this.#core.engine.call.lyw_schema_path(address));
    return this.#path;
  }

  /** The node it is in, choices and cases too; undefined at the top. */
  get parent(): SchemaNode | undefined {
    return this.#optional(this.#core.engine.call.lyw_schema_parent(this.#at()));
  }

  /** Canonical default values: none, one of a leaf, or several of a leaf-list. */
  get defaults(): string[] {
    const { call, memory } = this.#core.engine;
    const values: string[] = [];
    for (;;) {
      const value = memory.string(call.lyw_schema_default(this.#at(), values.length));
      if (value === undefined) return values;
      values.push(value);
    }
  }

  /**
   * The canonical form of a value of this leaf or leaf-list, given as in JSON: prefixes of identities are module names.
   * Undefined when the text is no value of its type. Throws TypeError for other nodes.
   */
  canonicalValue(text: string): string | undefined {
    if (this.kind !== "leaf" && this.kind !== "leaf-list") throw new TypeError(`a ${this.kind} has no value`);
    return canonicalValue(this.#core, this.#at(), text);
  }

  /** The units statement of a leaf or leaf-list, or of its type. */
  get units(): string | undefined {
    return this.#core.engine.memory.string(this.#core.engine.call.lyw_schema_units(this.#at()));
  }

  /** The description statement. */
  get description(): string | undefined {
    return this.#core.engine.memory.string(this.#core.engine.call.lyw_schema_description(this.#at()));
  }

  /** The reference statement. */
  get reference(): string | undefined {
    return this.#core.engine.memory.string(this.#core.engine.call.lyw_schema_reference(this.#at()));
  }

  /** A choice's default case; undefined when it has none, and for other nodes. */
  get defaultCase(): SchemaNode | undefined {
    return this.#optional(this.#core.engine.call.lyw_schema_default_case(this.#at()));
  }

  /** The built-in type of a leaf or leaf-list; undefined for other nodes. */
  get baseType(): BaseType | undefined {
    return baseType(this.#core.engine.call.lyw_schema_base_type(this.#at()));
  }

  /** The whole type of a leaf or leaf-list, restrictions and all; undefined for other nodes. Read once. */
  get type(): SchemaType | undefined {
    const address = this.#core.engine.call.lyw_schema_leaf_type(this.#at());
    if (address === 0) return undefined;
    this.#type ??= readType(this.#ownerOf(this.#address), address);
    return this.#type;
  }

  /** The types a value may have: those of a union, or the one there is; none for nodes without a type. */
  typeAlternatives(): readonly SchemaType[] {
    const { type } = this;
    if (type === undefined) return [];
    return type.base === "union" ? type.members : [type];
  }

  /** The type of a leafref; undefined for other nodes, also for unions that have leafrefs in them. */
  get leafref(): LeafrefType | undefined {
    const { type } = this;
    return type?.base === "leafref" ? type : undefined;
  }

  /** The `must` statements of this node, those added by refine and deviation included. */
  musts(): readonly ConstraintExpression[] {
    const { call, memory } = this.#core.engine;
    const found: ConstraintExpression[] = [];
    for (let must = call.lyw_must(this.#at(), 0); must !== 0; must = call.lyw_must(this.#address, found.length)) {
      const source = {
        ...this.#ownerOf(this.#address),
        expression: call.lyw_must_condition(must),
        prefixes: call.lyw_must_prefixes(must),
      };
      const message = memory.string(call.lyw_must_error_message(must));
      found.push(new ConstraintExpression(source, message, memory.string(call.lyw_must_app_tag(must))));
    }
    return found;
  }

  /**
   * The `when` statements that decide whether this node may be there: its own, those of the uses or augment it comes
   * from, and those of the cases and choices it is in. Not those of its parent in the data tree.
   */
  whens(): readonly ConstraintExpression[] {
    const { call } = this.#core.engine;
    const found: ConstraintExpression[] = [];
    for (let index = 0, when = call.lyw_when(this.#at(), 0); when !== 0; when = call.lyw_when(this.#address, ++index)) {
      const source = {
        ...this.#ownerOf(call.lyw_when_context(when)),
        expression: call.lyw_when_condition(when),
        prefixes: call.lyw_when_prefixes(when),
      };
      found.push(new ConstraintExpression(source));
    }
    const { parent } = this;
    if (parent?.kind === "case" || parent?.kind === "choice") found.push(...parent.whens());
    return found;
  }

  /** A list's `unique` statements, each as the leafs whose values must together differ. */
  uniques(): readonly (readonly SchemaNode[])[] {
    const { call } = this.#core.engine;
    const found: SchemaNode[][] = [];
    for (;;) {
      const leafs: SchemaNode[] = [];
      for (;;) {
        const leaf = call.lyw_schema_unique(this.#at(), found.length, leafs.length);
        if (leaf === 0) break;
        leafs.push(SchemaNode.at(this.#core, leaf));
      }
      if (leafs.length === 0) return found;
      found.push(leafs);
    }
  }

  /**
   * Extension statements of this node that libyang keeps; those of ietf-netconf-acm (RFC 8341) also where they are
   * inherited from a node it is in.
   */
  extensions(): readonly Extension[] {
    const { call, memory } = this.#core.engine;
    const found: Extension[] = [];
    for (;;) {
      const extension = call.lyw_schema_extension(this.#at(), found.length);
      if (extension === 0) return found;
      const argument = memory.string(call.lyw_extension_argument(extension));
      found.push({
        moduleName: memory.string(call.lyw_module_name(call.lyw_extension_module(extension))) ?? "",
        name: memory.string(call.lyw_extension_name(extension)) ?? "",
        ...(argument !== undefined && { argument }),
      });
    }
  }

  /** The status statement, with what it inherits (RFC 7950 §7.21.2). */
  get status(): Status {
    this.#at();
    return statusOf(this.#flags);
  }

  /** min-elements of a list or leaf-list; 0 when there is none. */
  get minElements(): number {
    return this.#core.engine.call.lyw_schema_min_elements(this.#at());
  }

  /** max-elements of a list or leaf-list; undefined when unbounded. */
  get maxElements(): number | undefined {
    const limit = this.#core.engine.call.lyw_schema_max_elements(this.#at());
    return limit === 0 || limit === UNBOUNDED ? undefined : limit;
  }

  /** Child nodes in the model's order: data, choices and cases, then actions, then notifications; input and output. */
  children(): SchemaNode[] {
    const { call } = this.#core.engine;
    const found: SchemaNode[] = [];
    for (const first of [
      call.lyw_schema_child(this.#at()),
      call.lyw_schema_output(this.#at()),
      ...this.#operations(),
    ]) {
      if (first === 0) continue;
      found.push(SchemaNode.at(this.#core, first));
      if (this.kind === "rpc" || this.kind === "action") continue;
      for (let next = call.lyw_schema_next(first); next !== 0; next = call.lyw_schema_next(next)) {
        found.push(SchemaNode.at(this.#core, next));
      }
    }
    return found;
  }

  /** What expressions of this node are read with; `context` is the address of their context node, 0 for the root. */
  #ownerOf(context: number): TypeOwner {
    return {
      core: this.#core,
      module: this.#core.engine.call.lyw_schema_module(this.#address),
      context,
      isInOutput: (this.#flags & IN_OUTPUT) !== 0,
      nodeAt: (address) => SchemaNode.at(this.#core, address),
    };
  }

  #operations(): number[] {
    const { call } = this.#core.engine;
    return [call.lyw_schema_actions(this.#at()), call.lyw_schema_notifications(this.#at())];
  }

  #optional(address: number): SchemaNode | undefined {
    return address === 0 ? undefined : SchemaNode.at(this.#core, address);
  }

  /** @internal The address, after checking that the node is of that context. */
  addressIn(core: ContextCore): number {
    this.#core.assertSame(core);
    return this.#at();
  }

  /** The address, checked. */
  #at(): number {
    this.#core.assertSchema(this.#generation, `schema node ${this.name}`);
    return this.#address;
  }
}
