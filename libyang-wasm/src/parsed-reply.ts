import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { ParsedMessage } from "./parsed-message.ts";

/**
 * A NETCONF `<rpc-reply>` (RFC 6241 §4.2). In the envelope: `rpc-reply` with its attributes, and in it `ok` or the
 * `rpc-error`s.
 */
export class ParsedReply extends ParsedMessage {
  /** The operation that was replied to, with the parents of an action, and the output in it. */
  readonly operationTree: DataTree;
  /** The rpc or action node, in operationTree: its children are the output. */
  readonly operation: DataNode;

  /** @internal */
  constructor(envelope: DataTree, operationTree: DataTree, operation: number) {
    super(envelope, operationTree);
    this.operationTree = operationTree;
    this.operation = new DataNode(operationTree.root, operation);
  }

  /** Whether it is `<ok/>`. */
  get isOk(): boolean {
    return this.#parts()[0]?.name === "ok";
  }

  /** The `rpc-error` elements, as opaque nodes; empty when the operation succeeded. */
  get rpcErrors(): DataNode[] {
    return this.#parts().filter(({ name }) => name === "rpc-error");
  }

  #parts(): DataNode[] {
    return this.envelope.first()?.children() ?? [];
  }
}
