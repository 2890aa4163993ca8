import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { DISPOSE } from "./dispose-symbol.ts";

/** A NETCONF `<notification>` (RFC 5277 §4) taken apart. Owns both trees. */
export class ParsedNotification {
  /** Opaque nodes: `notification`, with `eventTime` in it. */
  readonly envelope: DataTree;
  /** As sent, checked to be a date-and-time. */
  readonly eventTime: string;
  /** The notification with all its parents: for one inside data (RFC 7950 §7.16.2), the nodes it is defined in. */
  readonly notificationTree: DataTree;
  /** The notification node, in notificationTree. */
  readonly notification: DataNode;

  /** @internal */
  constructor(envelope: DataTree, notificationTree: DataTree, notification: number) {
    this.envelope = envelope;
    this.eventTime = envelope.first()?.firstChild?.value ?? "";
    this.notificationTree = notificationTree;
    this.notification = new DataNode(notificationTree.root, notification);
  }

  /** Frees both trees. Idempotent. */
  dispose(): void {
    this.envelope.dispose();
    this.notificationTree.dispose();
  }

  [DISPOSE](): void {
    this.dispose();
  }
}
