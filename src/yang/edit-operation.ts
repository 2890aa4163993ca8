import type { DataNode } from "libyang-wasm";

/** RFC 6241 section 7.2: the `operation` attribute, and "none" of `<default-operation>`. */
export type EditOperation = "merge" | "replace" | "create" | "delete" | "remove" | "none";

const NETCONF_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";
const DEFAULT_NAMESPACE = "urn:ietf:params:xml:ns:netconf:default:1.0";

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
  if (node.kind === "opaque") {
    return node.attributes().some(({ namespace, name }) => namespace === DEFAULT_NAMESPACE && name === "default");
  }
  if (!node.isDefault) return false;
  if (node.kind !== "container" || node.schema?.isPresence === true) return true;
  return node.children().some((child) => !child.isDefault);
}
