import type { XmlElement } from "../xml/element.ts";
import { parseWhole } from "../xml/envelope.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";

/** What a commit does to a node. */
export interface Difference {
  readonly operation: "create" | "set" | "delete";
  readonly path: string;
  /** Of a leaf that may be shown. */
  readonly value?: string;
}

/** Modules whose differences are shown; of others it is said only that there are some. */
const SHOWN_NAMESPACES = [
  "urn:bmpconfd:yang:bmp",
  "urn:bmpconfd:yang:bgp",
  "urn:bmpconfd:yang:mrt",
  "urn:bmpconfd:yang:relay",
];

/** Keys, which come first in an entry, by the name of the list. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  "bmp-session": ["vpn-instance", "address", "alias"],
  neighbor: ["address"],
  feed: ["name"],
  listen: ["address", "port"],
  router: ["address"],
  "route-mode": ["address-family", "rib"],
  peer: ["vpn-instance", "address"],
  "vpn-instance": ["name"],
};

/**
 * Leaves whose values are shown to everybody who can see the page: none that is a secret, and no free text. A leaf that
 * is not named here has changed, and no more is said.
 */
export const SHOWN_LEAVES: ReadonlySet<string> = new Set([
  "add-path-receive",
  "address-family",
  "connect-retry-time",
  "connect-timeout",
  "connection-mode",
  "count",
  "enabled",
  "hold-time",
  "idle",
  "initial",
  "initial-delay",
  "interval",
  "local-address",
  "local-as",
  "maximum",
  "maximum-peers",
  "maximum-prefixes",
  "port",
  "prefix-warning-threshold",
  "queue-limit",
  "remote-as",
  "repeat",
  "replay-speed",
  "rib",
  "route-mirroring",
  "router-id",
  "source-address",
  "source-interface",
  "statistics-interval",
  "user-timeout",
]);

/** The differences that a `<config>` with operation attributes (RFC 6241 section 7.2) makes. Throws `XmlError`. */
export function* differences(config: Uint8Array): Iterable<Difference> {
  for (const top of parseWhole(config).children) yield* inElement(top, "");
}

function* inElement(element: XmlElement, parent: string): Iterable<Difference> {
  // What other modules add to ours is theirs: names that they share with our leaves and lists mean something else.
  if (!SHOWN_NAMESPACES.includes(element.namespace)) {
    return yield { operation: "set", path: `${parent}/${element.name}` };
  }
  const keys = keysOf(element);
  const path = `${parent}/${element.name}${keys.map(predicate).join("")}`;
  const operation = operationOf(element);
  const isLeaf = element.children.length === 0;
  if (operation === "delete" || isLeaf) {
    return yield { operation: operation === "delete" ? operation : "set", path, ...(isLeaf ? shown(element) : {}) };
  }
  const rest = element.children.filter((child) => !keys.includes(child));
  if (operation === "create" || rest.length === 0) yield { operation: "create", path };
  for (const child of rest) yield* inElement(child, path);
}

/** None of a leaf, which may have the name of a list. */
const keysOf = ({ name, children }: XmlElement): readonly XmlElement[] =>
  children.filter((child) => KEYS[name]?.includes(child.name) === true);

const predicate = ({ name, text }: XmlElement): string => `[${name}='${text}']`;

const shown = ({ name, text }: XmlElement): { readonly value?: string } =>
  SHOWN_LEAVES.has(name) && text !== "" ? { value: text } : {};

function operationOf({ attributes }: XmlElement): Difference["operation"] {
  const operation = attributes.find(({ namespace, name }) => namespace === NETCONF_BASE && name === "operation");
  if (operation?.value === "delete" || operation?.value === "remove") return "delete";
  return operation?.value === "create" || operation?.value === "replace" ? "create" : "set";
}
