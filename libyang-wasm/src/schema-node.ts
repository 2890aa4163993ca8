import { SCHEMA_FLAG } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { type BaseType, baseType, type NodeKind, nodeKind } from "./node-kind.ts";
import { StaleHandleError } from "./stale-handle-error.ts";

const UNBOUNDED = 0xffffffff;

/**
 * A node of the compiled model: groupings are expanded, augments and deviations applied, disabled features gone.
 * Valid until another module is loaded into the context; then each access throws StaleHandleError.
 */
export class SchemaNode {
  readonly name: string;
  readonly kind: NodeKind;
  /** The module the node's namespace is of; for augmented nodes the augmenting one. */
  readonly moduleName: string;
  readonly #core: ContextCore;
  readonly #address: number;
  readonly #flags: number;
  readonly #generation: number;
  /** Printed when it is first asked for: it is asked for once for each node of data. */
  #path: string | undefined;

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

  get units(): string | undefined {
    return this.#core.engine.memory.string(this.#core.engine.call.lyw_schema_units(this.#at()));
  }

  get description(): string | undefined {
    return this.#core.engine.memory.string(this.#core.engine.call.lyw_schema_description(this.#at()));
  }

  /** The built-in type of a leaf or leaf-list; undefined for other nodes. */
  get baseType(): BaseType | undefined {
    return baseType(this.#core.engine.call.lyw_schema_base_type(this.#at()));
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

  #operations(): number[] {
    const { call } = this.#core.engine;
    return [call.lyw_schema_actions(this.#at()), call.lyw_schema_notifications(this.#at())];
  }

  #optional(address: number): SchemaNode | undefined {
    return address === 0 ? undefined : SchemaNode.at(this.#core, address);
  }

  /** @internal The address, checked. */
  #at(): number {
    if (this.#core.isDisposed) throw new StaleHandleError("the libyang context was disposed");
    if (this.#generation !== this.#core.schemaGeneration) {
      throw new StaleHandleError(`schema node ${this.name} is from before a module was loaded: look it up again`);
    }
    return this.#address;
  }
}
