import type { DataNode } from "./data-node.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import { StaleHandleError } from "./stale-handle-error.ts";
import type { TreeRoot } from "./tree-root.ts";

/**
 * A subtree in no tree, owned by this object: insert it somewhere, which uses this object up, or dispose it.
 * Disposing it after it was inserted does nothing.
 */
export class DetachedNode {
  /** The subtree's top node, to look at and to edit. After the insertion it is stale: insert… returns a new handle. */
  readonly node: DataNode;
  readonly #root: TreeRoot;

  /** @internal */
  constructor(root: TreeRoot, node: DataNode) {
    this.#root = root;
    this.node = node;
  }

  /** Frees the subtree, unless it was inserted. */
  dispose(): void {
    this.#root.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  /**
   * @internal Hands the subtree to a call that inserts it into `target`. The call throws when it did not take the subtree,
   * which then stays here.
   */
  insertWith(target: TreeRoot, insert: (address: number) => void): number {
    const address = this.#root.first;
    if (address === 0) throw new StaleHandleError("the detached node was removed");
    target.core.assertSame(this.#root.core);
    if (target.isWithin(this.#root)) throw new Error("a node cannot be inserted into itself");
    insert(address);
    this.#root.release();
    return address;
  }
}
