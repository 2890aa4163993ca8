/** 64-bit numbers are strings (RFC 7951 section 6.1). */
type Count = string | number;

/** What the metrics show of an entry of `/bmpconfd-bmp:bmp/bmp-session`. A leaf without a value is absent. */
export interface SessionState {
  readonly "vpn-instance": string;
  readonly address: string;
  readonly alias: string;
  readonly state?: {
    readonly "oper-state"?: string;
    readonly "sent-octets"?: Count;
    readonly "queued-octets"?: Count;
    readonly connections?: Count;
    readonly resynchronisations?: Count;
    readonly "sent-messages"?: Readonly<Record<string, Count>>;
  };
}

/** What the metrics show of an entry of `/bmpconfd-bgp:bgp/neighbor`. */
export interface NeighborState {
  readonly address: string;
  readonly state?: {
    readonly "fsm-state"?: string;
    readonly "established-transitions"?: Count;
    readonly "received-updates"?: Count;
    readonly "address-family"?: readonly { readonly name: string; readonly prefixes?: Count }[];
  };
}

interface PlaneDocument {
  readonly "bmpconfd-bmp:bmp"?: { readonly "bmp-session"?: readonly SessionState[] };
  readonly "bmpconfd-bgp:bgp"?: { readonly neighbor?: readonly NeighborState[] };
}

export interface PlaneState {
  readonly sessions: readonly SessionState[];
  readonly neighbors: readonly NeighborState[];
}

/** The documents come from our own server and are of the model's form. Others get their turn between any two. */
export async function parsePlaneState(documents: readonly string[]): Promise<PlaneState> {
  const sessions: SessionState[] = [];
  const neighbors: NeighborState[] = [];
  for (const json of documents) {
    const document = JSON.parse(json) as PlaneDocument;
    sessions.push(...(document["bmpconfd-bmp:bmp"]?.["bmp-session"] ?? []));
    neighbors.push(...(document["bmpconfd-bgp:bgp"]?.neighbor ?? []));
    await new Promise(setImmediate);
  }
  return { sessions, neighbors };
}
