import type { Network } from "../net/linux-socket.ts";
import type { FamilyName } from "./address-family.ts";
import type { PeerType } from "./route-source.ts";

/** `/bmpconfd-bgp:bgp` less its neighbours. */
export interface SpeakerConfig {
  readonly localAs: number;
  /** Dotted quad. */
  readonly routerId: string;
  /** Absent: there is none. */
  readonly locRib?: LocRibConfig;
}

/** `/bmpconfd-bgp:bgp/loc-rib`. */
export interface LocRibConfig {
  /** What collectors are told (RFC 9069 section 5.2.1): 1 to 255 octets. */
  readonly tableName: string;
  readonly families: readonly FamilyName[];
}

/** Name of the public network, where a VPN instance is named. */
export const PUBLIC_NETWORK = "_public_";

/** A VPN instance, or the public network. */
export interface RoutingInstance {
  readonly name: string;
  readonly network: Network;
  /** How peers in it are reported (RFC 7854 section 4.2). */
  readonly peerType: PeerType;
  readonly distinguisher: bigint;
}

export const PUBLIC_INSTANCE: RoutingInstance = Object.freeze({
  name: PUBLIC_NETWORK,
  network: {},
  peerType: "global",
  distinguisher: 0n,
});

/** One entry of `/bmpconfd-bgp:bgp/neighbor`. */
export interface NeighborConfig {
  /** Canonical text, IPv4 or IPv6; the key. */
  readonly address: string;
  readonly remoteAs: number;
  /** Where it is: name of a VPN instance; `PUBLIC_NETWORK` = none. */
  readonly vpnInstance: string;
  readonly enabled: boolean;
  readonly description?: string;
  /** What collectors are told to call it, in the operator's order. */
  readonly adminLabels: readonly string[];
  /** `active`: we connect; `passive`: we wait; `both`: RFC 4271 section 6.8 collision handling. */
  readonly connectionMode: "active" | "passive" | "both";
  readonly port: number;
  readonly localAddress?: string;
  /** Key of TCP MD5 signatures, 1 to 80 octets; of connections in both directions. */
  readonly md5Key?: string;
  /** 0 (none) or 3 to 65535 s. */
  readonly holdTimeS: number;
  readonly connectRetryS: number;
  readonly families: readonly FamilyName[];
  /** Of these, those in which we can receive several paths to a destination (RFC 7911). */
  readonly addPathReceive: readonly FamilyName[];
  /** Prefixes accepted over all families before the session ends with Cease, subcode 1. */
  readonly maximumPrefixes: number;
  /** The same for single families. */
  readonly familyMaximums: readonly { readonly family: FamilyName; readonly maximum: number }[];
  /** Share of each maximum beyond which a warning is reported, 1 to 100. */
  readonly prefixWarningPercent: number;
}
