/** What a container or list entry has, as RFC 7951 has it: 64-bit numbers are strings. What has no value is absent. */
export interface StateNode {
  readonly [name: string]: StateValue | undefined;
}
type StateValue = string | number | boolean | StateNode | readonly (string | number | StateNode)[];

/** An entry of `/bmpconfd-bmp:bmp/bmp-session`. */
export interface SessionState {
  readonly "vpn-instance": string;
  readonly address: string;
  readonly alias: string;
  readonly state?: StateNode;
}

/** An entry of `/bmpconfd-bgp:bgp/neighbor`. */
export interface NeighborState {
  readonly address: string;
  readonly state?: StateNode;
}

/** An entry of `/bmpconfd-mrt:mrt/feed`. */
export interface FeedState {
  readonly name: string;
  readonly state?: StateNode;
}

/** An entry of `/bmpconfd-relay:relay/router`. */
export interface RouterState {
  readonly address: string;
  readonly state?: StateNode;
}

interface PlaneDocument {
  readonly "bmpconfd-bmp:bmp"?: { readonly "bmp-session"?: readonly SessionState[] };
  readonly "bmpconfd-bgp:bgp"?: {
    readonly neighbor?: readonly NeighborState[];
    readonly "loc-rib"?: { readonly state?: StateNode };
  };
  readonly "bmpconfd-mrt:mrt"?: { readonly feed?: readonly FeedState[] };
  readonly "bmpconfd-relay:relay"?: { readonly router?: readonly RouterState[] };
}

export interface PlaneState {
  readonly sessions: readonly SessionState[];
  readonly neighbors: readonly NeighborState[];
  /** Of `/bmpconfd-bgp:bgp/loc-rib`; undefined = none is kept. */
  readonly locRib?: StateNode | undefined;
  readonly feeds: readonly FeedState[];
  readonly routers: readonly RouterState[];
}

/** What is at a path below a node, names separated by "/". */
export function valueAt(node: StateNode | undefined, path: string): StateValue | undefined {
  let value: StateValue | undefined = node;
  for (const name of path.split("/")) value = isNode(value) ? value[name] : undefined;
  return value;
}

/** The same of a number, or of a date-and-time in seconds since the epoch; undefined where there is none. */
export function numberAt(node: StateNode | undefined, path: string): number | undefined {
  const value = valueAt(node, path);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const number = typeof value === "string" && value.includes("T") ? Date.parse(value) / 1000 : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

export function textAt(node: StateNode | undefined, path: string): string | undefined {
  const value = valueAt(node, path);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The entries of a list. */
export function entriesAt(node: StateNode | undefined, path: string): readonly StateNode[] {
  const value = valueAt(node, path);
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The numbers in a container, by name. */
export function numbersIn(node: StateNode | undefined, path: string): readonly (readonly [string, number])[] {
  const value = valueAt(node, path);
  if (!isNode(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const number = numberAt(value, name);
    return number === undefined ? [] : [[name, number] as const];
  });
}

const isNode = (value: unknown): value is StateNode =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The documents come from our own server and are of the model's form. Others get their turn between any two. */
async function parsePlaneState(documents: readonly string[]): Promise<PlaneState> {
  const sessions: SessionState[] = [];
  const neighbors: NeighborState[] = [];
  const feeds: FeedState[] = [];
  const routers: RouterState[] = [];
  let locRib: StateNode | undefined;
  for (const json of documents) {
    const document = JSON.parse(json) as PlaneDocument;
    sessions.push(...(document["bmpconfd-bmp:bmp"]?.["bmp-session"] ?? []));
    neighbors.push(...(document["bmpconfd-bgp:bgp"]?.neighbor ?? []));
    locRib ??= document["bmpconfd-bgp:bgp"]?.["loc-rib"]?.state;
    feeds.push(...(document["bmpconfd-mrt:mrt"]?.feed ?? []));
    routers.push(...(document["bmpconfd-relay:relay"]?.router ?? []));
    await new Promise(setImmediate);
  }
  return { sessions, neighbors, locRib, feeds, routers };
}

/**
 * The monitoring plane's state as all who show it share it: who asks while it is being read gets the same. `documents`
 * asks for sessions, neighbours, MRT feeds and relayed routers, as RFC 7951 JSON documents with some of the list entries each.
 */
export class PlaneReader {
  readonly #documents: () => Promise<readonly string[]>;
  #reading: Promise<PlaneState> | undefined;
  /** Told what was read, whoever asked. Must not throw. */
  onRead: (plane: PlaneState) => void = () => {};

  constructor(documents: () => Promise<readonly string[]>) {
    this.#documents = documents;
  }

  /** Rejects when the plane does not answer. */
  read(): Promise<PlaneState> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #read(): Promise<PlaneState> {
    const plane = await parsePlaneState(await this.#documents());
    this.onRead(plane);
    return plane;
  }
}
