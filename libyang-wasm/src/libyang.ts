import { Context } from "./context.ts";
import { Engine, type ImportModule } from "./engine.ts";
import type { WasmModule } from "./webassembly.ts";

/** What an instance is given when it starts. */
export interface LibyangOptions {
  /** Asked for modules that loadModule names or that others import. Without it only libyang's own are there. */
  importModule?: ImportModule;
  /**
   * Limit of the instance's memory, in bytes; 4 GiB unless told. With less than a quarter left, parsing fails with EMEM;
   * with less than an eighth also what copies data, validates, or evaluates XPath, before it has changed anything. The last
   * eighth is for what must not be refused: to move, remove and undo. Whatever runs out of memory under way ends the
   * instance with a LibyangTrap, as libyang cannot be relied on to stop in good order.
   */
  maxMemoryBytes?: number;
}

const MAX_MEMORY_BYTES = 2 ** 32 - 1;

/** One instance of libyang: its own memory, its own contexts. Instances share nothing but the compiled module. */
export class Libyang {
  readonly #engine: Engine;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Starts an instance, in a few milliseconds. Throws TypeError when the module is not this package's. */
  static instantiate(module: WasmModule, options: LibyangOptions = {}): Libyang {
    const importModule = options.importModule ?? (() => undefined);
    return new Libyang(new Engine(module, importModule, options.maxMemoryBytes ?? MAX_MEMORY_BYTES));
  }

  /** libyang's version, as in "3.12.2". */
  get version(): string {
    const { call, memory } = this.#engine;
    return memory.string(call.lyw_version()) ?? "";
  }

  /** Whether the instance ended with a LibyangTrap. */
  get isDead(): boolean {
    return this.#engine.trap !== undefined;
  }

  /** Memory taken from the system, in bytes. It never shrinks: freed memory is used again by the instance only. */
  get memoryBytes(): number {
    return this.#engine.memory.byteLength;
  }

  /** Blocks allocated and not freed. The same work done twice leaves the same number, or something leaks. */
  get liveAllocations(): number {
    return this.#engine.call.lyw_live_allocations();
  }

  /** Contexts not disposed. */
  get liveContexts(): number {
    return this.#engine.contexts.size;
  }

  /** What was made in these contexts and owns memory, and was not disposed: trees, detached nodes, writers. */
  get liveOwners(): number {
    return [...this.#engine.contexts].reduce((sum, { liveOwners }) => sum + liveOwners, 0);
  }

  /** A context with libyang's built-in modules. Throws YangError (EMEM). */
  createContext(): Context {
    return new Context(this.#engine);
  }

  /** Ends the instance as a failed assertion would: for tests of what happens then. Always throws LibyangTrap. */
  abortForTest(): never {
    this.#engine.call.lyw_abort();
    throw new Error("unreachable: abort returned");
  }
}
