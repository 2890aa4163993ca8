import { RESULT } from "./constants.ts";
import type { Engine } from "./engine.ts";
import type { SchemaNode } from "./schema-node.ts";
import { StaleHandleError } from "./stale-handle-error.ts";
import type { TreeRoot } from "./tree-root.ts";
import {
  errorCode,
  outOfMemory,
  validationCode,
  YangError,
  type YangErrorItem,
  type YangErrorPhase,
} from "./yang-error.ts";

const MAX_MESSAGE_BYTES = 1_000;

/** @internal What all objects of one context share: its address, its trees, its errors. */
export class ContextCore {
  readonly engine: Engine;
  /** Trees not yet disposed: they must be freed before the context. */
  readonly roots = new Set<TreeRoot>();
  /** Writers not yet disposed: what they hold is the context's. */
  readonly writers = new Set<{ dispose(): void }>();
  /** Schema nodes seen, by address. Loading a module may compile others anew, which moves their nodes. */
  readonly schemaNodes = new Map<number, SchemaNode>();
  #schemaGeneration = 0;
  #address: number;

  constructor(engine: Engine) {
    this.engine = engine;
    this.#address = engine.call.lyw_context_new();
    if (this.#address === 0) throw outOfMemory();
    engine.contexts.add(this);
  }

  /** How many objects own memory of the context. */
  get liveOwners(): number {
    return this.roots.size + this.writers.size;
  }

  /** The context's address. Throws StaleHandleError once it is disposed. */
  get address(): number {
    if (this.#address === 0) throw new StaleHandleError("the libyang context was disposed");
    return this.#address;
  }

  get isDisposed(): boolean {
    return this.#address === 0;
  }

  get schemaGeneration(): number {
    return this.#schemaGeneration;
  }

  /** Throws StaleHandleError when the context is disposed, or modules were loaded since `generation`. */
  assertSchema(generation: number, what: string): void {
    if (this.#address === 0) throw new StaleHandleError("the libyang context was disposed");
    if (generation !== this.#schemaGeneration) {
      throw new StaleHandleError(`${what} is from before a module was loaded: look it up again`);
    }
  }

  /** To be called before modules change: data in memory points to schema nodes that may be about to move. */
  beforeSchemaChange(): void {
    const inUse = [...this.roots].filter((root) => !root.isEmpty).length;
    if (inUse > 0) throw new Error(`modules cannot be loaded while ${inUse} data tree(s) of the context are in use`);
    this.#schemaGeneration += 1;
    this.schemaNodes.clear();
  }

  dispose(): void {
    if (this.#address === 0) return;
    const address = this.#address;
    for (const writer of this.writers) writer.dispose();
    for (const root of this.roots) root.dispose();
    this.#address = 0;
    this.engine.contexts.delete(this);
    if (this.engine.trap === undefined) this.engine.call.ly_ctx_destroy(address);
  }

  /** Addresses mean nothing in another context, and worse in another instance. */
  assertSame(other: ContextCore): void {
    if (other !== this) throw new Error("the objects belong to different contexts");
  }

  /** Throws YangError unless a call succeeded. */
  check(result: number, phase: YangErrorPhase): void {
    if (result === RESULT.success) return;
    const items = this.takeErrors();
    throw result === RESULT.noMemory ? outOfMemory(phase) : new YangError(errorCode(result), items, phase);
  }

  /** As check, of a call to a parser: those have a bound of their own, see native/shim/budget.c. */
  checkParsed(result: number): void {
    if (result !== RESULT.denied) return this.check(result, "parse");
    this.forgetErrors();
    const message = "Too many unknown or repeated siblings, attributes or namespaces.";
    throw new YangError("ELIMIT", [{ code: "ELIMIT", validationCode: "OTHER", message }], "parse");
  }

  /** Reads the errors since the last call, and forgets them. */
  takeErrors(): YangErrorItem[] {
    const { call } = this.engine;
    const items: YangErrorItem[] = [];
    for (let item = call.lyw_error_next(this.address, 0); item !== 0; item = call.lyw_error_next(this.address, item)) {
      items.push(this.#readError(item));
    }
    this.forgetErrors();
    return items;
  }

  /** libyang appends to its list until it is told to forget. */
  forgetErrors(): void {
    this.engine.call.ly_err_clean(this.address, 0);
  }

  #readError(item: number): YangErrorItem {
    const { call, memory } = this.engine;
    const dataPath = memory.string(call.lyw_error_data_path(item), MAX_MESSAGE_BYTES);
    const schemaPath = memory.string(call.lyw_error_schema_path(item), MAX_MESSAGE_BYTES);
    const appTag = memory.string(call.lyw_error_app_tag(item));
    const line = call.lyw_error_line(item);
    return {
      code: errorCode(call.lyw_error_code(item)),
      validationCode: validationCode(call.lyw_error_validation_code(item)),
      message: memory.string(call.lyw_error_message(item), MAX_MESSAGE_BYTES) ?? "",
      ...(dataPath !== undefined && { dataPath }),
      ...(schemaPath !== undefined && { schemaPath }),
      ...(appTag !== undefined && { appTag }),
      ...(line !== 0 && { line }),
    };
  }
}
