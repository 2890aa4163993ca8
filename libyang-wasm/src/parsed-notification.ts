import { DataNode } from "./data-node.ts";
import type { DataTree } from "./data-tree.ts";
import { ParsedMessage } from "./parsed-message.ts";

/** A NETCONF `<notification>` (RFC 5277 §4). In the envelope: `notification`, with `eventTime` in it. */
export class ParsedNotification extends ParsedMessage {
  /** As sent, checked to be a date-and-time. */
  readonly eventTime: string;
  /** The notification with all its parents: for one inside data (RFC 7950 §7.16.2), the nodes it is defined in. */
  readonly notificationTree: DataTree;
  /** The notification node, in notificationTree. */
  readonly notification: DataNode;

  /** @internal */
  constructor(envelope: DataTree, notificationTree: DataTree, notification: number) {
    super(envelope, notificationTree);
    this.eventTime = envelope.first()?.firstChild?.value ?? "";
    this.notificationTree = notificationTree;
    this.notification = new DataNode(notificationTree.root, notification);
  }
}
