import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";

/** A NETCONF `<rpc-reply>` (RFC 6241 §4.2) taken apart. Owns both trees. */
export class ParsedReply {
  /** Opaque nodes: `rpc-reply` with its attributes, and in it `ok` or the `rpc-error`s. */
  readonly envelope: DataTree;
  /** The operation that was replied to, with the parents of an action, and the output in it. */
  readonly operationTree: DataTree;
  /** The rpc or action node, in operationTree: its children are the output. */
  readonly operation: DataNode;

  /** @internal */
  constructor(envelope: DataTree, operationTree: DataTree, operation: number) {
    this.envelope = envelope;
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

  /** Frees both trees. Idempotent. */
  dispose(): void {
    this.envelope.dispose();
    this.operationTree.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }

  #parts(): DataNode[] {
    return this.envelope.first()?.children() ?? [];
  }
}
