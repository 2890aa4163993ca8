import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { ParsedMessage } from "./parsed-message.ts";

/** A NETCONF `<rpc>`. In the envelope: `rpc` with its attributes, and for an action the `action` element in it. */
export class ParsedRpc extends ParsedMessage {
  /** The operation with all its parents: for an action, the data nodes it is defined in. */
  readonly operationTree: DataTree;
  /** The rpc or action node, in operationTree. */
  readonly operation: DataNode;

  /** @internal */
  constructor(envelope: DataTree, operationTree: DataTree, operation: number) {
    super(envelope, operationTree);
    this.operationTree = operationTree;
    this.operation = new DataNode(operationTree.root, operation);
  }
}
