import { XMLParser } from "fast-xml-parser";
import type { NetconfClient } from "./netconf-client.ts";

const LISTS = ["bmp-session", "neighbor", "address-family", "feed", "router", "peer", "rib"];
const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, isArray: (name) => LISTS.includes(name) });

export interface SessionState {
  readonly "oper-state": string;
  readonly "local-address"?: string;
  readonly connections: string;
  readonly "connect-attempts": string;
  readonly resynchronisations: string;
  readonly "sent-octets": string;
  readonly "sent-messages": Readonly<Record<string, string>>;
  readonly "lost-mirrored-messages": string;
  readonly "last-error"?: string;
}

export interface NeighborState {
  readonly "fsm-state": string;
  readonly "established-transitions": string;
  readonly "remote-router-id"?: string;
  readonly "negotiated-hold-time"?: string;
  readonly "address-family"?: readonly {
    readonly name: string;
    readonly prefixes: string;
    readonly "end-of-rib": string;
  }[];
  readonly statistics?: Readonly<Record<string, string>>;
  readonly "last-error"?: string;
}

/** The state of the session to `address` in the public network without alias; undefined when there is none. */
export async function sessionState(client: NetconfClient, address: string): Promise<SessionState | undefined> {
  const filter = `<bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session><address>${address}</address></bmp-session></bmp>`;
  return (await data(client, filter))?.bmp?.["bmp-session"]?.[0]?.state;
}

export async function neighborState(client: NetconfClient, address: string): Promise<NeighborState | undefined> {
  const filter = `<bgp xmlns="urn:bmpconfd:yang:bgp"><neighbor><address>${address}</address></neighbor></bgp>`;
  return (await data(client, filter))?.bgp?.neighbor?.[0]?.state;
}

/** The leaves of the state of an MRT feed. */
export async function feedState(client: NetconfClient, name: string): Promise<Record<string, string> | undefined> {
  const filter = `<mrt xmlns="urn:bmpconfd:yang:mrt"><feed><name>${name}</name></feed></mrt>`;
  return (await data(client, filter))?.mrt?.feed?.[0]?.state;
}

export interface RelayRouterState {
  readonly "oper-state": string;
  readonly "sys-name"?: string;
  readonly "sys-descr"?: string;
  readonly peers: string;
  readonly routes: string;
  readonly peer?: readonly {
    readonly address: string;
    readonly rib?: readonly { readonly name: string; readonly routes: string }[];
  }[];
  readonly "received-messages": Readonly<Record<string, string>>;
  readonly problems: Readonly<Record<string, string>>;
  readonly "bmp-session"?: readonly {
    readonly alias: string;
    readonly "oper-state": string;
    readonly "local-port"?: string;
  }[];
  readonly "last-error"?: string;
}

export async function relayRouterState(client: NetconfClient, address: string): Promise<RelayRouterState | undefined> {
  const filter = `<relay xmlns="urn:bmpconfd:yang:relay"><router><address>${address}</address></router></relay>`;
  return (await data(client, filter))?.relay?.router?.[0]?.state;
}

interface Data {
  readonly relay?: { readonly router?: readonly { readonly state?: RelayRouterState }[] };
  readonly mrt?: { readonly feed?: readonly { readonly state?: Record<string, string> }[] };
  readonly bmp?: { readonly "bmp-session"?: readonly { readonly state?: SessionState }[] };
  readonly bgp?: { readonly neighbor?: readonly { readonly state?: NeighborState }[] };
}

async function data(client: NetconfClient, filter: string): Promise<Data | undefined> {
  const reply = parser.parse(await client.get(filter)) as { "rpc-reply": { data: Data | "" } };
  const found = reply["rpc-reply"].data;
  return found === "" ? undefined : found;
}
