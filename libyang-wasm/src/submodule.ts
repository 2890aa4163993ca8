import { SCHEMA_FORMATS } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";

/** The two ways to write a module (RFC 7950 §13). */
export type SchemaFormat = keyof typeof SCHEMA_FORMATS;

/** A submodule of a module. Valid until another module is loaded into the context. */
export class Submodule {
  /** The submodule's own name. */
  readonly name: string;
  /** The newest revision, YYYY-MM-DD; undefined when it has none. */
  readonly revision: string | undefined;
  readonly #core: ContextCore;
  readonly #address: number;
  readonly #generation: number;

  /** @internal */
  constructor(core: ContextCore, address: number) {
    const { call, memory } = core.engine;
    this.#core = core;
    this.#address = address;
    this.#generation = core.schemaGeneration;
    this.name = memory.string(call.lyw_submodule_name(address)) ?? "";
    this.revision = memory.string(call.lyw_submodule_revision(address));
  }

  /** The submodule's text, as parsed. Throws YangError. */
  print(format: SchemaFormat): string {
    const { engine } = this.#core;
    this.#core.assertSchema(this.#generation, `submodule ${this.name}`);
    const result = engine.call.lyw_submodule_print(this.#address, SCHEMA_FORMATS[format], engine.out(0));
    const text = engine.takeString(engine.result(0));
    this.#core.check(result, "other");
    return text;
  }
}
