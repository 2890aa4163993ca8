import type { Module, SchemaNode } from "libyang-wasm";
import { isDenyAll } from "./data-access.ts";
import { pastChoices } from "./data-nodes.ts";

/**
 * A notification that a module defines, or a data node that one is in (RFC 7950 section 7.16). Plain data that crosses
 * threads.
 */
export interface NotificationNode {
  readonly module: string;
  readonly namespace: string;
  readonly name: string;
  readonly isNotification: boolean;
  /** Whether its statement, or one it is in, has `nacm:default-deny-all`. */
  readonly isDenyAll: boolean;
  /** The data node it is in; undefined at the top. */
  readonly parent: NotificationNode | undefined;
  /** Empty in a notification: its content is nobody's concern. */
  readonly children: readonly NotificationNode[];
}

/** The notifications of a schema's modules: those at the top, and the top-level data nodes that have others in them. */
export const notificationNodes = (modules: readonly Module[]): readonly NotificationNode[] => {
  const namespaces = new Map(modules.map(({ name, namespace }) => [name, namespace]));
  return modules.filter(({ isImplemented }) => isImplemented).flatMap((module) => nodesOf(module.topLevelSchema()));

  function nodesOf(schema: readonly SchemaNode[], parent?: NotificationNode): NotificationNode[] {
    return [...pastChoices(schema)].flatMap((node): NotificationNode[] => {
      const isNotification = node.kind === "notification";
      if (!isNotification && node.kind !== "container" && node.kind !== "list") return [];
      const children: NotificationNode[] = [];
      const found: NotificationNode = {
        module: node.moduleName,
        namespace: namespaces.get(node.moduleName) ?? "",
        name: node.name,
        isNotification,
        isDenyAll: isDenyAll(node),
        parent,
        children,
      };
      if (!isNotification) children.push(...nodesOf(node.children(), found));
      return isNotification || children.length > 0 ? [found] : [];
    });
  }
};
