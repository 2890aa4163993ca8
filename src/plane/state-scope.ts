import type { BmpSessionKey } from "../bmp/config.ts";
import { isContentMatch, type SubtreeFilter, type SubtreeFilterNode } from "../yang/subtree-filter.ts";

/** Values of keys, as the client wrote them; a key that is left out may have any. */
export type SessionPattern = Partial<BmpSessionKey>;
export interface NeighborPattern {
  readonly address?: string;
}
export interface ListenPattern {
  readonly vpnInstance?: string;
  readonly address?: string;
  readonly port?: string;
}

export interface FeedPattern {
  readonly name?: string;
}

export interface RouterPattern {
  readonly address?: string;
}

/** Whose state is asked for: the entries that fit any of the patterns. */
export interface StateScope {
  /** `/bmp/state`. */
  readonly hasBmp: boolean;
  /** `/bgp/loc-rib/state`. */
  readonly hasLocRib: boolean;
  readonly sessions: readonly SessionPattern[];
  readonly neighbors: readonly NeighborPattern[];
  readonly feeds: readonly FeedPattern[];
  /** Routers that are relayed. */
  readonly routers: readonly RouterPattern[];
  /** Whether something of the relay but routers may be selected. */
  readonly isRelaySelected: boolean;
  readonly listeners: readonly ListenPattern[];
  /** Without what routers make up, of any number: their peers, and the sessions of these. */
  readonly isOfConfiguredOnly?: boolean;
}

/**
 * What of the plane's state a subtree filter can select, undefined = everything. The datastore applies the filter to what
 * comes of it, so that it may be more, but never less.
 */
export function scopeOf(filter: SubtreeFilter | undefined): StateScope {
  if (filter === undefined) {
    const all = { sessions: [{}], neighbors: [{}], listeners: [{}], feeds: [{}], routers: [{}] };
    return { hasBmp: true, hasLocRib: true, isRelaySelected: true, ...all };
  }
  return {
    hasBmp: filter.some((node) => isNamed(SESSIONS, node, SESSIONS.container) && reachesState(SESSIONS, node)),
    hasLocRib: patternsIn(filter, LOC_RIB).length > 0,
    sessions: patternsIn(filter, SESSIONS),
    neighbors: patternsIn(filter, NEIGHBORS),
    feeds: patternsIn(filter, FEEDS),
    routers: patternsIn(filter, ROUTERS),
    isRelaySelected: reachesBeside(filter, ROUTERS),
    listeners: patternsIn(filter, LISTENERS),
  };
}

/** A list whose entries have a container `state`. */
interface StatefulList<Pattern> {
  readonly namespace: string;
  readonly container: string;
  readonly name: string;
  /** By name in the model. */
  readonly keys: ReadonlyMap<string, keyof Pattern>;
}

const SESSIONS: StatefulList<SessionPattern> = {
  namespace: "urn:bmpconfd:yang:bmp",
  container: "bmp",
  name: "bmp-session",
  keys: new Map([
    ["vpn-instance", "vpnInstance"],
    ["address", "address"],
    ["alias", "alias"],
  ]),
};

const NEIGHBORS: StatefulList<NeighborPattern> = {
  namespace: "urn:bmpconfd:yang:bgp",
  container: "bgp",
  name: "neighbor",
  keys: new Map([["address", "address"]]),
};

const FEEDS: StatefulList<FeedPattern> = {
  namespace: "urn:bmpconfd:yang:mrt",
  container: "mrt",
  name: "feed",
  keys: new Map([["name", "name"]]),
};

const ROUTERS: StatefulList<RouterPattern> = {
  namespace: "urn:bmpconfd:yang:relay",
  container: "relay",
  name: "router",
  keys: new Map([["address", "address"]]),
};

/** As a list without keys: a container can be there once. */
const LOC_RIB: StatefulList<Readonly<Record<string, string>>> = { ...NEIGHBORS, name: "loc-rib", keys: new Map() };

/** Whether nothing is asked for. */
export const isEmptyScope = ({ hasBmp, hasLocRib, isRelaySelected, ...lists }: StateScope): boolean =>
  !hasBmp &&
  !hasLocRib &&
  !isRelaySelected &&
  Object.values(lists).every((patterns) => typeof patterns === "boolean" || patterns.length === 0);

const LISTENERS: StatefulList<ListenPattern> = {
  namespace: "urn:bmpconfd:yang:bmp",
  container: "bmp",
  name: "listen",
  keys: new Map([
    ["vpn-instance", "vpnInstance"],
    ["address", "address"],
    ["port", "port"],
  ]),
};

function patternsIn<Pattern>(filter: SubtreeFilter, list: StatefulList<Pattern>): readonly Pattern[] {
  const patterns: Pattern[] = [];
  for (const container of filter.filter((node) => isNamed(list, node, list.container))) {
    if (isWhole(container)) return [{} as Pattern];
    for (const entry of container.children.filter((node) => isNamed(list, node, list.name))) {
      if (reachesState(list, entry)) patterns.push(patternOf(list, entry));
    }
  }
  // Each of these is a search through all entries: more than one is no better than all entries.
  const isPartial = (pattern: Pattern) => Object.keys(pattern as object).length < list.keys.size;
  return patterns.filter(isPartial).length > 1 ? [{} as Pattern] : patterns;
}

const isNamed = ({ namespace }: { readonly namespace: string }, node: SubtreeFilterNode, name: string): boolean =>
  node.name === name && (node.namespace ?? namespace) === namespace && node.attributes.length === 0;

/** Whether an element that matches selects everything in it: RFC 6241 sections 6.2.4 and 6.2.5. */
const isWhole = ({ children, text }: SubtreeFilterNode): boolean => text === "" && children.every(isContentMatch);

function reachesState(list: { readonly namespace: string }, entry: SubtreeFilterNode): boolean {
  return isWhole(entry) || entry.children.some((child) => isNamed(list, child, "state"));
}

/** Whether the filter may select something in the container but entries of the list. */
const reachesBeside = (filter: SubtreeFilter, list: StatefulList<object>): boolean =>
  filter.some(
    (node) =>
      isNamed(list, node, list.container) &&
      (isWhole(node) || node.children.some((child) => !isNamed(list, child, list.name))),
  );

function patternOf<Pattern>(list: StatefulList<Pattern>, { children }: SubtreeFilterNode): Pattern {
  const pattern: { [key in keyof Pattern]?: string } = {};
  for (const [name, key] of list.keys) {
    const guard = children.find((child) => isNamed(list, child, name) && isContentMatch(child));
    if (guard !== undefined) pattern[key] = guard.text;
  }
  return pattern as Pattern;
}
