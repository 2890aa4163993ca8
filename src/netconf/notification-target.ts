import type { NotificationTarget } from "../access/access-control.ts";
import type { XmlElement } from "../xml/element.ts";
import type { NotificationNode } from "../yang/notification-nodes.ts";
import type { YangLibrary } from "../yang/yang-library.ts";

/** The schema as far as notifications are concerned. */
export interface NotificationSchema {
  notificationNodes(): readonly NotificationNode[];
  yangLibrary(): YangLibrary;
}

/**
 * Which notification a message has for its content, and the entries it is in (RFC 7950 section 7.16.2). One that no
 * module defines any more, as it may be in a replay, is taken for one at the top.
 */
export function notificationTarget(content: XmlElement, schema: NotificationSchema): NotificationTarget {
  const way: XmlElement[] = [];
  const keys = (depth: number, key: string): string | undefined =>
    way[depth - 1]?.children.find(({ name }) => name === key)?.text;
  for (let [element, known] = [content, schema.notificationNodes()]; ; ) {
    const { namespace, name } = element;
    const node = known.find((candidate) => candidate.namespace === namespace && candidate.name === name);
    if (node === undefined) break;
    way.push(element);
    if (node.isNotification) return { node, keys };
    const next = element.children.find((child) =>
      node.children.some((candidate) => candidate.namespace === child.namespace && candidate.name === child.name),
    );
    if (next === undefined) break;
    [element, known] = [next, node.children];
  }
  const { namespace, name } = content;
  const module = schema.yangLibrary().modules.find((candidate) => candidate.namespace === namespace)?.name ?? "";
  const node = { module, namespace, name, isNotification: true, isDenyAll: false, parent: undefined, children: [] };
  return { node, keys };
}
