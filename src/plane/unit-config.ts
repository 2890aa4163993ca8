import type { FamilyName } from "../bgp/address-family.ts";
import {
  type LocRibConfig,
  type NeighborConfig,
  PUBLIC_NETWORK,
  type RoutingInstance,
  type SpeakerConfig,
} from "../bgp/config.ts";
import { localDistinguisher, routeDistinguisher } from "../bgp/route-distinguisher.ts";
import type { RibName } from "../bgp/route-source.ts";
import type {
  BmpConfig,
  BmpListenConfig,
  BmpSessionConfig,
  Mirroring,
  MonitorConfig,
  RouteMode,
} from "../bmp/config.ts";
import type { ConfigObject } from "../datastore/subscriber.ts";
import type { MrtFeedConfig } from "../mrt/config.ts";
import { type TcpTimeouts, USUAL_KEEPALIVE } from "../net/dial.ts";
import type { Network } from "../net/linux-socket.ts";
import type { TlsOptions } from "../net/tls.ts";
import type { RelayListenAddress, RelayRouterConfig } from "../relay/config.ts";

/*
 * Committed units as the engines want them. The datastore has validated them and put their defaults in,
 * so that a leaf with a default is always there.
 */

const text = (unit: ConfigObject, name: string): string => unit[name] as string;
const number = (unit: ConfigObject, name: string): number => Number(unit[name]);
const boolean = (unit: ConfigObject, name: string): boolean => unit[name] === "true";

const entries = (unit: ConfigObject, list: string): readonly ConfigObject[] =>
  (unit[list] ?? []) as readonly ConfigObject[];

/** `{ [key]: value }`, or nothing where the leaf is absent. */
function optional<K extends string, T>(
  unit: ConfigObject,
  name: string,
  key: K,
  read: (unit: ConfigObject, name: string) => T,
): { readonly [P in K]?: T } {
  return unit[name] === undefined ? {} : ({ [key]: read(unit, name) } as { readonly [P in K]: T });
}

export function toBmpConfig(unit: ConfigObject): BmpConfig {
  return {
    statisticsIntervalS: number(unit, "statistics-interval"),
    ...optional(unit, "system-name", "systemName", text),
    ...optional(unit, "system-description", "systemDescription", text),
    ...optional(unit, "initiation-message", "initiationMessage", text),
  };
}

export function toBmpSessionConfig(unit: ConfigObject): BmpSessionConfig {
  const retry = unit["connect-retry"] as ConfigObject;
  return {
    vpnInstance: text(unit, "vpn-instance"),
    address: text(unit, "address"),
    alias: text(unit, "alias"),
    connectionMode: (unit["connection-mode"] ?? "active") as BmpSessionConfig["connectionMode"],
    port: number(unit, "port"),
    ...optional(unit, "local-port", "localPort", number),
    enabled: boolean(unit, "enabled"),
    ...optional(unit, "description", "description", text),
    ...optional(unit, "source-address", "sourceAddress", text),
    ...optional(unit, "source-interface", "sourceInterface", text),
    ...optional(unit, "tcp-md5", "md5Key", text),
    timeouts: toTcpTimeouts(unit["tcp"] as ConfigObject | undefined),
    ...optional(unit, "tls", "tls", (whole, name) => toTlsOptions(whole[name] as ConfigObject)),
    connectTimeoutS: number(unit, "connect-timeout"),
    initialDelayS: number(unit, "initial-delay"),
    connectRetryInitialS: number(retry, "initial"),
    connectRetryMaximumS: number(retry, "maximum"),
    ...optional(unit, "statistics-interval", "statisticsIntervalS", number),
    queueLimitBytes: number(unit, "queue-limit"),
    routeMirroring: (unit["route-mirroring"] ?? "none") as Mirroring,
    ...optional(unit, "monitor", "monitor", (whole, name) => toMonitorConfig(whole[name] as ConfigObject)),
  };
}

const RIBS: Readonly<Record<string, RibName>> = {
  "adj-rib-in-pre-policy": "adj-rib-in-pre",
  "adj-rib-in-post-policy": "adj-rib-in-post",
  "adj-rib-out-pre-policy": "adj-rib-out-pre",
  "adj-rib-out-post-policy": "adj-rib-out-post",
  "loc-rib": "loc-rib",
};

function toMonitorConfig(unit: ConfigObject): MonitorConfig {
  const routeModesOf = (whole: ConfigObject, name: string) => toRouteModes(whole[name] as ConfigObject);
  return {
    ...optional(unit, "public", "public", routeModesOf),
    ...optional(unit, "all-vpn-instances", "allVpnInstances", routeModesOf),
    vpnInstances: entries(unit, "vpn-instance").map((entry) => ({
      name: text(entry, "name"),
      routeModes: toRouteModes(entry),
    })),
    peers: entries(unit, "peer").map((entry) => ({
      vpnInstance: text(entry, "vpn-instance"),
      address: text(entry, "address"),
      routeModes: toRouteModes(entry),
    })),
  };
}

function toRouteModes(unit: ConfigObject): RouteMode[] {
  return entries(unit, "route-mode").map((entry) => ({
    family: text(entry, "address-family") as RouteMode["family"],
    rib: RIBS[text(entry, "rib")] as RibName,
  }));
}

/** Undefined: the session has nothing of its own. */
export function toTcpTimeouts(unit: ConfigObject | undefined): TcpTimeouts {
  if (unit === undefined) return { keepalive: USUAL_KEEPALIVE };
  const keepalive = unit["keepalive"] as ConfigObject;
  return {
    keepalive: {
      idleS: number(keepalive, "idle"),
      intervalS: number(keepalive, "interval"),
      count: number(keepalive, "count"),
    },
    ...optional(unit, "user-timeout", "userTimeoutS", number),
  };
}

export function toTlsOptions(unit: ConfigObject): TlsOptions {
  return {
    ...optional(unit, "server-name", "serverName", text),
    caCertificates: text(unit, "ca-certificates"),
    ...optional(unit, "certificate", "certificate", text),
    ...optional(unit, "private-key", "privateKey", text),
  };
}

export function toRoutingInstance(unit: ConfigObject): RoutingInstance {
  const name = text(unit, "name");
  const network = toNetwork(unit);
  const distinguisher = unit["route-distinguisher"] as string | undefined;
  return distinguisher === undefined
    ? { name, network, peerType: "local", distinguisher: localDistinguisher(name) }
    : { name, network, peerType: "route-distinguisher", distinguisher: routeDistinguisher(distinguisher) };
}

export function toNetwork(vpnInstance: ConfigObject): Network {
  return {
    ...optional(vpnInstance, "device", "device", text),
    ...optional(vpnInstance, "network-namespace", "namespace", text),
  };
}

/** From the key, which is all there is to it. */
export function toBmpListenConfig([vpnInstance = "", address = "", port = ""]: readonly string[]): BmpListenConfig {
  return { vpnInstance, address, port: Number(port) };
}

export function toSpeakerConfig(unit: ConfigObject): SpeakerConfig {
  return {
    localAs: number(unit, "local-as"),
    routerId: text(unit, "router-id"),
    ...optional(unit, "loc-rib", "locRib", (whole, name) => toLocRibConfig(whole[name] as ConfigObject)),
  };
}

function toLocRibConfig(unit: ConfigObject): LocRibConfig {
  return {
    tableName: text(unit, "table-name"),
    families: unit["address-family"] as readonly FamilyName[],
  };
}

export function toNeighborConfig(unit: ConfigObject): NeighborConfig {
  return {
    address: text(unit, "address"),
    vpnInstance: (unit["vpn-instance"] as string | undefined) ?? PUBLIC_NETWORK,
    remoteAs: number(unit, "remote-as"),
    enabled: boolean(unit, "enabled"),
    ...optional(unit, "description", "description", text),
    adminLabels: (unit["admin-label"] as readonly string[] | undefined) ?? [],
    connectionMode: text(unit, "connection-mode") as NeighborConfig["connectionMode"],
    port: number(unit, "port"),
    ...optional(unit, "local-address", "localAddress", text),
    ...optional(unit, "tcp-md5", "md5Key", text),
    holdTimeS: number(unit, "hold-time"),
    connectRetryS: number(unit, "connect-retry-time"),
    families: unit["address-family"] as readonly FamilyName[],
    addPathReceive: (unit["add-path-receive"] ?? []) as readonly FamilyName[],
    maximumPrefixes: number(unit, "maximum-prefixes"),
    familyMaximums: entries(unit, "family-maximum-prefixes").map((entry) => ({
      family: text(entry, "address-family") as FamilyName,
      maximum: number(entry, "maximum"),
    })),
    prefixWarningPercent: number(unit, "prefix-warning-threshold"),
  };
}

export function toMrtFeedConfig(unit: ConfigObject): MrtFeedConfig {
  const speed = text(unit, "replay-speed");
  return {
    name: text(unit, "name"),
    file: text(unit, "file"),
    enabled: boolean(unit, "enabled"),
    replaySpeed: speed === "maximum" ? Number.POSITIVE_INFINITY : Number(speed),
    repeat: boolean(unit, "repeat"),
    peers: (unit["peer"] as readonly string[] | undefined) ?? [],
  };
}

export function toRelayListenAddress(unit: ConfigObject): RelayListenAddress {
  return { address: text(unit, "address"), port: number(unit, "port") };
}

export function toRelayRouterConfig(unit: ConfigObject): RelayRouterConfig {
  return {
    address: text(unit, "address"),
    enabled: boolean(unit, "enabled"),
    ...optional(unit, "tcp-md5", "md5Key", text),
    maximumPeers: number(unit, "maximum-peers"),
    maximumPrefixes: number(unit, "maximum-prefixes"),
  };
}
