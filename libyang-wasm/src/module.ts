import { SCHEMA_FORMATS } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import { SchemaNode } from "./schema-node.ts";
import { type SchemaFormat, Submodule } from "./submodule.ts";

/** A feature a module defines, and whether it was enabled when the module was loaded. */
export interface Feature {
  /** As the feature statement names it. */
  name: string;
  /** Whether nodes that depend on it are there. */
  enabled: boolean;
}

const YANG_1_1 = 2;
const TOP_LISTS = { data: 0, rpcs: 1, notifications: 2 } as const;

/** A YANG module in a context. Valid as long as the context is. */
export class Module {
  /** As the module statement names it. */
  readonly name: string;
  /** The newest revision, YYYY-MM-DD; undefined when the module has none. */
  readonly revision: string | undefined;
  /** The namespace statement's URI, which its nodes have in XML. */
  readonly namespace: string;
  /** The prefix statement's; the API takes module names in its place. */
  readonly prefix: string;
  readonly #core: ContextCore;
  readonly #address: number;

  /** @internal */
  constructor(core: ContextCore, address: number) {
    const { call, memory } = core.engine;
    this.#core = core;
    this.#address = address;
    this.name = memory.string(call.lyw_module_name(address)) ?? "";
    this.revision = memory.string(call.lyw_module_revision(address));
    this.namespace = memory.string(call.lyw_module_namespace(address)) ?? "";
    this.prefix = memory.string(call.lyw_module_prefix(address)) ?? "";
  }

  /** Whether it is implemented, not only imported for its types and groupings (RFC 7950 §5.6.5). */
  get isImplemented(): boolean {
    return this.#call.lyw_module_is_implemented(this.address) !== 0;
  }

  /** The version of YANG it is written in; "1" when it does not say (RFC 7950 §7.1.2). */
  get yangVersion(): "1" | "1.1" {
    return this.#call.lyw_module_yang_version(this.address) === YANG_1_1 ? "1.1" : "1";
  }

  /** The modules that it and its submodules import, each once. */
  get imports(): Module[] {
    const own = listed((index) => this.#call.lyw_module_import(this.address, index));
    const ofSubmodules = listed((index) => this.#call.lyw_submodule(this.address, index)).flatMap((submodule) =>
      listed((index) => this.#call.lyw_submodule_import(submodule, index)),
    );
    return [...new Set([...own, ...ofSubmodules])].map((address) => new Module(this.#core, address));
  }

  /** The features the module and its submodules define. */
  get features(): Feature[] {
    const { call, memory, out } = this.#engine();
    const index = out(0);
    const features: Feature[] = [];
    for (
      let feature = call.lyw_feature_next(this.address, 0, index);
      feature !== 0;
      feature = call.lyw_feature_next(this.address, feature, index)
    ) {
      features.push({
        name: memory.string(call.lyw_feature_name(feature)) ?? "",
        enabled: call.lyw_feature_is_enabled(feature) !== 0,
      });
    }
    return features;
  }

  /** Top-level data nodes, choices, rpcs and notifications; none when the module is only imported. */
  topLevelSchema(): SchemaNode[] {
    const nodes: SchemaNode[] = [];
    for (const which of Object.values(TOP_LISTS)) {
      let next = this.#call.lyw_schema_top(this.address, which);
      for (; next !== 0; next = this.#call.lyw_schema_next(next)) nodes.push(SchemaNode.at(this.#core, next));
    }
    return nodes;
  }

  /** The submodules, those that only other submodules include too. */
  get submodules(): Submodule[] {
    const addresses = listed((index) => this.#call.lyw_submodule(this.address, index));
    return addresses.map((address) => new Submodule(this.#core, address));
  }

  /** Names of the modules that deviate from this one (RFC 7950 §5.6.3). */
  get deviatedBy(): string[] {
    const { call, memory } = this.#core.engine;
    const addresses = listed((index) => call.lyw_module_deviated_by(this.address, index));
    return addresses.map((address) => memory.string(call.lyw_module_name(address)) ?? "");
  }

  /** The module's text, as parsed: disabled features and all, and with its includes, not the included. Throws YangError. */
  print(format: SchemaFormat): string {
    const { engine } = this.#core;
    this.#core.check(engine.call.lys_print_mem(engine.out(0), this.address, SCHEMA_FORMATS[format], 0), "other");
    return engine.takeString(engine.result(0));
  }

  /** @internal The address, for calls on the context `core` is of. */
  addressIn(core: ContextCore): number {
    core.assertSame(this.#core);
    return this.address;
  }

  /** @internal */
  get address(): number {
    // Reading it checks that the context is still there.
    return this.#core.address === 0 ? 0 : this.#address;
  }

  get #call() {
    return this.#core.engine.call;
  }

  #engine() {
    const { engine } = this.#core;
    return { call: engine.call, memory: engine.memory, out: (index: number) => engine.out(index) };
  }
}

/** Addresses by index, up to the first that is 0. */
function listed(at: (index: number) => number): number[] {
  const addresses: number[] = [];
  for (;;) {
    const address = at(addresses.length);
    if (address === 0) return addresses;
    addresses.push(address);
  }
}
