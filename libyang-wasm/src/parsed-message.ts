import type { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";

/** A NETCONF message taken apart into two trees, both of which it owns. */
export abstract class ParsedMessage {
  /** Opaque nodes: the message's elements and attributes, which are in no YANG module. */
  readonly envelope: DataTree;
  readonly #content: DataTree;

  /** @internal */
  constructor(envelope: DataTree, content: DataTree) {
    this.envelope = envelope;
    this.#content = content;
  }

  /** Frees both trees. Idempotent. */
  dispose(): void {
    this.envelope.dispose();
    this.#content.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
