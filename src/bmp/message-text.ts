import { IPV4_UNICAST } from "../bgp/address-family.ts";
import { decodeNotification, describeNotification } from "../bgp/codec/notification.ts";
import { decodePrefixes } from "../bgp/codec/prefix.ts";
import { type Update, UpdateDecoder } from "../bgp/codec/update-decoder.ts";
import type { PeerDownReason } from "../bgp/route-source.ts";
import { StatisticsType } from "./codec/iana.ts";
import { formatBgpId } from "./codec/ip-address.ts";
import type { BmpMessage } from "./codec/message.ts";
import type { PerPeerHeader } from "./codec/per-peer-header.ts";
import type { RouteMonitoring } from "./codec/route-monitoring.ts";
import type { Statistic } from "./codec/statistics-report.ts";
import type { Termination } from "./codec/termination.ts";
import { BMP_LIMITS } from "./limits.ts";

/** One line for people: what the message says, with at most `maxPrefixes` prefixes spelt out. */
export function messageText(message: BmpMessage, maxPrefixes: number = BMP_LIMITS.describedPrefixes): string {
  switch (message.kind) {
    case "initiation":
      return `Initiation: sysName ${quoted(message.sysName)}, sysDescr ${quoted(message.sysDescr)}`;
    case "peer-up":
      return (
        `Peer Up: ${peerText(message.peer)}, BGP ID ${formatBgpId(message.peer.bgpId)}, ` +
        `local ${message.localAddress} port ${message.localPort}, remote port ${message.remotePort}`
      );
    case "peer-down":
      return `Peer Down: ${peerText(message.peer)}: ${reasonText(message.reason)}`;
    case "route-monitoring":
      return `Route Monitoring: ${peerText(message.peer)} ${updateText(message, maxPrefixes)}`;
    case "statistics-report":
      return `Statistics Report: ${peerText(message.peer)}: ${message.statistics.map(statisticText).join(", ")}`;
    case "termination":
      return `Termination: ${terminationText(message)}`;
  }
}

/** In quotes and without line ends, whatever a collector was sent. */
function quoted(text: string | undefined): string {
  return text === undefined ? "none" : JSON.stringify(text);
}

function peerText({ address, as }: PerPeerHeader): string {
  return `${address} AS${as}`;
}

function terminationText({ reason, strings }: Termination): string {
  return [reason === 0 ? "administratively closed" : `reason ${reason}`, ...strings.map(quoted)].join(", ");
}

function reasonText(reason: PeerDownReason): string {
  switch (reason.kind) {
    case "local-notification":
      return `this side sent ${describeNotification(decodeNotification(reason.notification))}`;
    case "local-fsm-event":
      return `this side closed after FSM event ${reason.event}`;
    case "remote-notification":
      return `the peer sent ${describeNotification(decodeNotification(reason.notification))}`;
    case "remote-closed":
      return "the peer closed the connection";
    case "deconfigured":
      return "deconfigured";
  }
}

function statisticText(statistic: Statistic): string {
  switch (statistic.type) {
    case StatisticsType.duplicateAnnouncements:
      return `duplicate announcements ${statistic.value}`;
    case StatisticsType.duplicateWithdrawals:
      return `duplicate withdrawals ${statistic.value}`;
    case StatisticsType.treatedAsWithdraw:
      return `UPDATEs treated as withdraw ${statistic.value}`;
    case StatisticsType.adjRibInRoutes:
      return `routes ${statistic.value}`;
    default:
      return statistic.kind === "family-gauge"
        ? `of AFI ${statistic.afi} SAFI ${statistic.safi} ${statistic.value}`
        : `type ${statistic.type} ${statistic.value}`;
  }
}

function updateText({ peer, update }: RouteMonitoring, maxPrefixes: number): string {
  let decoded: Update;
  try {
    decoded = new UpdateDecoder({ isFourOctetAs: !peer.isLegacyAsPath, isExternal: true }).decode(update);
  } catch (error) {
    return `sends an UPDATE that cannot be read: ${(error as Error).message}`;
  }
  if (decoded.endOfRib !== undefined) return `End-of-RIB ${decoded.endOfRib.name}`;
  const parts = [
    listText("announces", [...decodePrefixes(IPV4_UNICAST, decoded.nlri), ...mpPrefixes(decoded.mpReach)], maxPrefixes),
    listText(
      "withdraws",
      [...decodePrefixes(IPV4_UNICAST, decoded.withdrawn), ...mpPrefixes(decoded.mpUnreach)],
      maxPrefixes,
    ),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join(", ") : "sends an UPDATE without IPv4 or IPv6 unicast routes";
}

function mpPrefixes(routes: Update["mpUnreach"]): string[] {
  return routes?.family === undefined ? [] : decodePrefixes(routes.family, routes.nlri);
}

function listText(verb: string, prefixes: readonly string[], most: number): string | undefined {
  if (prefixes.length === 0) return undefined;
  const rest = prefixes.length - most;
  return `${verb} ${prefixes.slice(0, most).join(" ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
