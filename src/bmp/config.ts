import type { FamilyName } from "../bgp/address-family.ts";
import type { RibName } from "../bgp/route-source.ts";
import type { TcpTimeouts } from "../net/dial.ts";
import type { Network } from "../net/linux-socket.ts";
import type { TlsOptions } from "../net/tls.ts";

/** `/bmpconfd-bmp:bmp` less its sessions. Undefined elsewhere means BMP is not enabled. */
export interface BmpConfig {
  /** Seconds, 15 to 65535. */
  readonly statisticsIntervalS: number;
  /** Initiation sysName; undefined = the host's name. */
  readonly systemName?: string;
  /** Initiation sysDescr; undefined = product and version. */
  readonly systemDescription?: string;
  /** Initiation String; undefined = none. */
  readonly initiationMessage?: string;
}

/** No BGP messages, the erroneous ones, or all. */
export type Mirroring = "none" | "errored-pdus" | "all";

/** Routes of a RIB that are reported, where a peer has them. */
export interface RouteMode {
  readonly family: FamilyName | "any";
  readonly rib: RibName;
}

/** What a collector is told of. No route modes = all routes; of a peer the most specific entry decides. */
export interface MonitorConfig {
  /** Peers in the public network. */
  readonly public?: readonly RouteMode[];
  /** Peers in any VPN instance. */
  readonly allVpnInstances?: readonly RouteMode[];
  readonly vpnInstances: readonly { readonly name: string; readonly routeModes: readonly RouteMode[] }[];
  readonly peers: readonly {
    readonly vpnInstance: string;
    /** Canonical text. */
    readonly address: string;
    readonly routeModes: readonly RouteMode[];
  }[];
}

/** The key of one entry of `/bmpconfd-bmp:bmp/bmp-session`. */
export type BmpSessionKey = Pick<BmpSessionConfig, "vpnInstance" | "address" | "alias">;

/** One entry of `/bmpconfd-bmp:bmp/bmp-session`. */
export interface BmpSessionConfig {
  /** `_public_` = the public network. */
  readonly vpnInstance: string;
  /** Canonical text, IPv4 or IPv6. */
  readonly address: string;
  /** "" = none. */
  readonly alias: string;
  /** `passive`: the collector connects to us. */
  readonly connectionMode: "active" | "passive";
  /** Of the collector, when we connect. */
  readonly port: number;
  /** Where a collector connects to, when it does. */
  readonly localPort?: number;
  readonly enabled: boolean;
  readonly description?: string;
  /** Same family as `address`. */
  readonly sourceAddress?: string;
  /** Linux device the connection leaves through; only in the public network. */
  readonly sourceInterface?: string;
  /** Key of TCP MD5 signatures, 1 to 80 octets. */
  readonly md5Key?: string;
  /** Undefined = in the clear. */
  readonly tls?: TlsOptions;
  /** When a connection is given up that nothing is heard of. */
  readonly timeouts: TcpTimeouts;
  readonly connectTimeoutS: number;
  readonly initialDelayS: number;
  readonly connectRetryInitialS: number;
  readonly connectRetryMaximumS: number;
  /** Undefined = the global interval. */
  readonly statisticsIntervalS?: number;
  /** Bytes a collector may lag behind before it is cut off and resynchronised. */
  readonly queueLimitBytes: number;
  /** Which BGP messages are mirrored (RFC 7854 section 4.7). */
  readonly routeMirroring: Mirroring;
  /** Undefined = everything. */
  readonly monitor?: MonitorConfig;
}

/** The key of one entry of `/bmpconfd-bmp:bmp/listen`, which is all there is to it. */
export interface BmpListenConfig {
  /** `_public_` = the public network. */
  readonly vpnInstance: string;
  /** Canonical text; the unspecified address = all. */
  readonly address: string;
  readonly port: number;
}

/** One entry of `/bmpconfd-vpn-instance:vpn-instances/vpn-instance`. */
export interface VpnInstanceConfig {
  readonly name: string;
  /** Where its sockets are. */
  readonly network: Network;
  /** Of the peers in it; undefined = no peer is known to be in it. */
  readonly distinguisher?: bigint;
}
