import { LibyangTrap } from "./trap.ts";
import { EXPORT_ARITIES, REFUSED_WHEN_LOW, type WasmExports } from "./wasm-exports.ts";
import { systemInterface } from "./wasm-imports.ts";
import { rejectNul, WasmMemory } from "./wasm-memory.ts";
import { type WasmModule, webAssembly } from "./webassembly.ts";
import { outOfMemory } from "./yang-error.ts";

/** Gives the text of a YANG module or submodule, or undefined when there is none. It must not call libyang. */
export type ImportModule = (
  name: string,
  revision?: string,
  submodule?: string,
  submoduleRevision?: string,
) => string | undefined;

type WasmFunction = (...args: number[]) => number | undefined;

const SCRATCH_WORDS = 8;

/** @internal One WebAssembly instance: guarded calls, memory, and words for results. */
export class Engine {
  readonly call: WasmExports;
  readonly memory: WasmMemory;
  /** Not yet disposed. */
  readonly contexts = new Set<{ readonly liveOwners: number }>();
  readonly #importModule: ImportModule;
  readonly #diagnostic: () => string;
  readonly #scratch: number;
  #trap: LibyangTrap | undefined;
  #importFailure: { error: unknown } | undefined;
  #isImporting = false;

  constructor(module: WasmModule, importModule: ImportModule, maxMemoryBytes: number) {
    this.#importModule = importModule;
    const system = systemInterface(() => this.memory);
    this.#diagnostic = system.diagnostic;
    const instance = new webAssembly.Instance(module, {
      wasi_snapshot_preview1: system.calls,
      lyw: { import_module: (...names: number[]) => this.#import(names) },
    });
    const exports = instance.exports;
    const memory = exports["memory"];
    if (!(memory instanceof webAssembly.Memory)) throw new TypeError("not libyang.wasm: no memory");
    // Past the guard, because an import allocates its text while libyang's own call is under way.
    const alloc = exports["lyw_alloc"] as WasmFunction;
    this.memory = new WasmMemory(memory, (size) =>
      this.#isImporting ? (alloc(size) ?? 0) : this.call.lyw_alloc(size),
    );
    this.call = this.#guardAll(exports);
    this.#guard(exports["_initialize"] as WasmFunction)();
    this.call.lyw_set_memory_limit(Math.min(maxMemoryBytes, 0xffffffff));
    this.#scratch = this.memory.allocate(SCRATCH_WORDS * 4);
  }

  get trap(): LibyangTrap | undefined {
    return this.#trap;
  }

  /** The address of result word `index`. The words are shared by all calls: read them before the next one. */
  out(index: number, value = 0): number {
    const address = this.#scratch + index * 4;
    this.memory.setWord(address, value);
    return address;
  }

  /** What a call left in result word `index`. */
  result(index: number): number {
    return this.memory.word(this.#scratch + index * 4);
  }

  /** Runs `work` with C copies of texts (0 for undefined), which are freed afterwards. */
  withStrings<T>(texts: readonly (string | Uint8Array | undefined)[], work: (...addresses: number[]) => T): T {
    const addresses: number[] = [];
    try {
      for (const text of texts) addresses.push(text === undefined ? 0 : this.memory.copyIn(text));
      return work(...addresses);
    } finally {
      // After a trap there is nothing left to free, and the trap itself must stay the error that is thrown.
      if (this.#trap === undefined) for (const address of addresses) if (address !== 0) this.call.lyw_free(address);
    }
  }

  /** Reads a malloc()ed C string and frees it; "" for address 0. */
  takeString(address: number): string {
    const text = this.memory.string(address) ?? "";
    if (address !== 0) this.call.lyw_free(address);
    return text;
  }

  /** Reads a set of nodes and frees it. */
  takeSet(set: number): number[] {
    const { call } = this;
    const nodes = Array.from({ length: call.lyw_set_count(set) }, (_, index) => call.lyw_set_node(set, index));
    call.lyw_set_free(set);
    return nodes;
  }

  /** What importModule threw during the last call, once. */
  takeImportFailure(): { error: unknown } | undefined {
    const failure = this.#importFailure;
    this.#importFailure = undefined;
    return failure;
  }

  /** Called by libyang. An exception must not pass through its frames: it is kept, and thrown when they are gone. */
  #import(names: number[]): number {
    this.#isImporting = true;
    try {
      const [name, revision, submodule, submoduleRevision] = names.map((address) => this.memory.string(address >>> 0));
      const text = this.#importModule(name ?? "", revision, submodule, submoduleRevision);
      if (text === undefined) return 0;
      rejectNul(text, `module ${submodule ?? name}`);
      return this.memory.copyIn(text);
    } catch (error) {
      this.#importFailure ??= { error };
      return 0;
    } finally {
      this.#isImporting = false;
    }
  }

  #guardAll(exports: Readonly<Record<string, unknown>>): WasmExports {
    const guarded: Record<string, WasmFunction> = {};
    for (const [name, arity] of Object.entries(EXPORT_ARITIES)) {
      const original = exports[name];
      if (typeof original !== "function" || original.length !== arity) {
        throw new TypeError(`not the libyang.wasm of this package: ${name} is missing or different`);
      }
      const refusesCopies = REFUSED_WHEN_LOW.has(name) ? exports["lyw_heap_refuses_copies"] : undefined;
      guarded[name] = this.#guard(original as WasmFunction, refusesCopies as WasmFunction | undefined);
    }
    return guarded as unknown as WasmExports;
  }

  /**
   * Makes results unsigned (addresses above 2 GiB arrive negative) and turns any exception into the end of the
   * instance: libyang reports its errors as numbers, so whatever is thrown left it in an unknown state.
   * One closure for each number of parameters: rest parameters would cost more than most of the calls.
   */
  #guard(original: WasmFunction, refusesCopies?: WasmFunction): WasmFunction {
    const enter = (): void => {
      if (this.#trap !== undefined) throw this.#trap;
      if (this.#isImporting) throw new Error("libyang cannot be called from importModule");
      if (refusesCopies !== undefined && refusesCopies() !== 0) throw outOfMemory();
    };
    const die = (cause: unknown): LibyangTrap => {
      this.#trap = new LibyangTrap(cause, this.#diagnostic());
      return this.#trap;
    };
    switch (original.length) {
      case 1:
        return (a) => {
          enter();
          try {
            return (original(a as number) as number) >>> 0;
          } catch (cause) {
            throw die(cause);
          }
        };
      case 2:
        return (a, b) => {
          enter();
          try {
            return (original(a as number, b as number) as number) >>> 0;
          } catch (cause) {
            throw die(cause);
          }
        };
      default:
        return (...args) => {
          enter();
          try {
            return (original(...args) as number) >>> 0;
          } catch (cause) {
            throw die(cause);
          }
        };
    }
  }
}
