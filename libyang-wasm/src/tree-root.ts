import type { ContextCore } from "./context-core.ts";
import { StaleHandleError } from "./stale-handle-error.ts";

/**
 * Who owns the nodes: a tree with any number of top-level nodes, a single node cut out of one, or the content of an
 * anydata node, which belongs to the tree that node is in and cannot change its top level.
 */
type RootKind = "tree" | "detached" | "anydata";

/** @internal Owner of nodes: knows the first top-level node, whatever moves. */
export class TreeRoot {
  readonly core: ContextCore;
  readonly kind: RootKind;
  readonly #host: TreeRoot | undefined;
  #first: number;
  #isDisposed = false;

  constructor(core: ContextCore, kind: RootKind, first: number, host?: TreeRoot) {
    this.core = core;
    this.kind = kind;
    this.#first = first;
    this.#host = host;
    if (host === undefined) core.roots.add(this);
  }

  /** Address of the first top-level node, 0 for none. */
  get first(): number {
    this.assertUsable();
    return this.#first;
  }

  get isEmpty(): boolean {
    return this.#first === 0;
  }

  get isDisposed(): boolean {
    return this.#host?.isDisposed ?? this.#isDisposed;
  }

  /** Whether its nodes are those of `other`, or anydata inside them. */
  isWithin(other: TreeRoot): boolean {
    return this === other || this.#host?.isWithin(other) === true;
  }

  assertUsable(): void {
    if (this.isDisposed)
      throw new StaleHandleError("the data tree was disposed, or its nodes were moved to another one");
  }

  /**
   * Runs a call that may change which node is first. It gets the address of a word that holds the first node; what it
   * leaves there counts, even if it fails: libyang may have moved nodes before it did.
   */
  update<T>(word: number, work: (firstInOut: number) => T): T {
    const { engine } = this.core;
    const address = engine.out(word, this.first);
    try {
      return work(address);
    } finally {
      if (engine.trap === undefined) this.#first = engine.result(word);
    }
  }

  /** Gives the nodes away without freeing them. */
  release(): void {
    this.#first = 0;
    this.#isDisposed = true;
    this.core.roots.delete(this);
  }

  /** Empties the tree without freeing its nodes, which another call has taken. */
  clear(): void {
    this.#first = 0;
  }

  /** Frees the nodes. Idempotent; does nothing in a dead instance. */
  dispose(): void {
    if (this.#isDisposed) return;
    const first = this.#first;
    this.release();
    const { engine } = this.core;
    if (first !== 0 && engine.trap === undefined) engine.call.lyd_free_all(first);
  }
}
