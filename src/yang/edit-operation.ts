import type { DataNode } from "libyang-wasm";
import type { RpcErrorEntry } from "../errors/rpc-error.ts";

/** RFC 6241 section 7.2: the `operation` attribute, and "none" of `<default-operation>`. */
export type EditOperation = "merge" | "replace" | "create" | "delete" | "remove" | "none";

const NETCONF_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** The node's own operation, or undefined when it inherits its parent's. */
export function ownOperation(node: DataNode): EditOperation | undefined {
  const mark =
    node.kind === "opaque"
      ? node.attributes().find(({ namespace, name }) => namespace === NETCONF_NAMESPACE && name === "operation")
      : node.metadata().find(({ moduleName, name }) => moduleName === "ietf-netconf" && name === "operation");
  return mark?.value as EditOperation | undefined;
}

/**
 * Whether an edit's node is tagged as a default (RFC 6243 section 4.5.2). Containers that mean nothing are defaults where
 * nothing in them is set, tagged or not.
 */
export function isTagged(node: DataNode): boolean {
  if (!node.isDefault) return false;
  if (node.kind !== "container" || node.schema?.isPresence === true) return true;
  return node.children().some((child) => !child.isDefault);
}

/** Where an entry that the user orders is to go (RFC 7950 sections 7.7.9 and 7.8.6); undefined when nothing is said. */
export function ownInsert(node: DataNode): "first" | "last" | undefined {
  if (node.schema?.isUserOrdered !== true) return undefined;
  return node.metadata().find(isInsert)?.value as "first" | "last" | undefined;
}

/** Insertion beside a named entry is not carried out. */
export function unsupportedInsert(node: DataNode): Omit<RpcErrorEntry, "path"> | undefined {
  const mark = node.metadata().find(isInsert);
  if (mark === undefined || mark.value === "first" || mark.value === "last") return undefined;
  return {
    type: "protocol",
    tag: "operation-not-supported",
    message: `insert="${mark.value}" of '${node.name}' is not supported. Give "first" or "last", or leave it out: new entries go to the end.`,
  };
}

const isInsert = ({ moduleName, name }: { moduleName: string; name: string }): boolean =>
  moduleName === "yang" && name === "insert";
