import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";

/** A NETCONF `<rpc>` taken apart. Owns both trees. */
export class ParsedRpc {
  /** Opaque nodes: `rpc` with its attributes, and for an action the `action` element in it. */
  readonly envelope: DataTree;
  /** The operation with all its parents: for an action, the data nodes it is defined in. */
  readonly operationTree: DataTree;
  /** The rpc or action node, in operationTree. */
  readonly operation: DataNode;

  /** @internal */
  constructor(envelope: DataTree, operationTree: DataTree, operation: number) {
    this.envelope = envelope;
    this.operationTree = operationTree;
    this.operation = new DataNode(operationTree.root, operation);
  }

  /** Frees both trees. Idempotent. */
  dispose(): void {
    this.envelope.dispose();
    this.operationTree.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
