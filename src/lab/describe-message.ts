import { ADDRESS_FAMILIES } from "../bgp/address-family.ts";
import { BgpError } from "../bgp/codec/bgp-error.ts";
import { ALL_FAMILIES } from "../bgp/codec/multiprotocol-nlri.ts";
import { decodeNotification, describeNotification } from "../bgp/codec/notification.ts";
import { decodeOpen } from "../bgp/codec/open.ts";
import { formatBgpId } from "../bgp/ip-address.ts";
import type { PeerDownReason } from "../bgp/route-source.ts";
import { MirroringCode, PeerType, StatisticsType, TerminationReason } from "../bmp/codec/iana.ts";
import type { Initiation } from "../bmp/codec/initiation.ts";
import type { BmpMessage } from "../bmp/codec/message.ts";
import type { PeerUp } from "../bmp/codec/peer-up.ts";
import type { PerPeerHeader } from "../bmp/codec/per-peer-header.ts";
import type { RouteMirroring } from "../bmp/codec/route-mirroring.ts";
import type { Statistic } from "../bmp/codec/statistics-report.ts";
import type { Termination } from "../bmp/codec/termination.ts";
import { describeUpdate } from "./describe-update.ts";
import { formatEndpoint } from "./lab-topology.ts";
import type { LabLimits } from "./limits.ts";

const STATISTICS: Readonly<Record<number, string>> = {
  [StatisticsType.duplicateAnnouncements]: "duplicate announcements",
  [StatisticsType.duplicateWithdrawals]: "duplicate withdrawals",
  [StatisticsType.asPathLoops]: "updates with an AS_PATH loop",
  [StatisticsType.originatorIdLoops]: "updates with our ORIGINATOR_ID",
  [StatisticsType.adjRibInRoutes]: "routes in Adj-RIB-In",
  [StatisticsType.adjRibInRoutesByFamily]: "routes in Adj-RIB-In",
  [StatisticsType.treatedAsWithdraw]: "updates treated as withdraw",
  [StatisticsType.prefixesTreatedAsWithdraw]: "prefixes treated as withdraw",
  [StatisticsType.duplicateUpdates]: "duplicate updates",
};

const MIRRORING: Readonly<Record<number, string>> = {
  [MirroringCode.erroredPdu]: "errored PDU",
  [MirroringCode.messagesLost]: "messages lost",
};

const TERMINATIONS: Readonly<Record<number, string>> = {
  [TerminationReason.administrativelyClosed]: "administratively closed",
  [TerminationReason.unspecified]: "unspecified",
  [TerminationReason.outOfResources]: "out of resources",
  [TerminationReason.redundantConnection]: "redundant connection",
  [TerminationReason.permanentlyAdministrativelyClosed]: "permanently administratively closed",
};

/**
 * A message in a line, for people; the line may hold whatever text the sender chose.
 * @param context of the session that a Route Monitoring is about
 */
export function describeMessage(message: BmpMessage, limits: LabLimits, context = ALL_FAMILIES): string {
  switch (message.kind) {
    case "initiation":
      return `Initiation: ${describeInitiation(message)}`;
    case "termination":
      return `Termination: ${describeTermination(message)}`;
    case "peer-up":
      return `Peer Up ${describePeer(message.peer)}: ${describePeerUp(message)}`;
    case "peer-down":
      return `Peer Down ${describePeer(message.peer)}: ${describeReason(message.reason)}`;
    case "route-monitoring": {
      const { peer, update } = message;
      const view = describeRib(peer);
      const words = describeUpdate(update, !peer.isLegacyAsPath, limits, context);
      return `Route Monitoring ${describePeer(peer)}${view}: ${words}`;
    }
    case "route-mirroring":
      return `Route Mirroring ${describePeer(message.peer)}: ${describeMirrored(message, limits)}`;
    case "statistics-report":
      return `Statistics Report ${describePeer(message.peer)}: ${message.statistics.map(describeStatistic).join(", ")}`;
  }
}

function describePeer({ peerType, address, as }: PerPeerHeader): string {
  return `${peerType === PeerType.locRib ? "Loc-RIB" : address} AS${as}`;
}

function describeRib({ isAdjRibOut, isPostPolicy }: PerPeerHeader): string {
  return `${isAdjRibOut ? " Adj-RIB-Out" : ""}${isPostPolicy ? " post-policy" : ""}`;
}

function describeInitiation({ sysName, sysDescr, strings }: Initiation): string {
  const named = [
    ...(sysName === undefined ? [] : [`sysName ${JSON.stringify(sysName)}`]),
    ...(sysDescr === undefined ? [] : [`sysDescr ${JSON.stringify(sysDescr)}`]),
  ];
  return [...named, ...strings.map((text) => JSON.stringify(text))].join(", ");
}

function describeTermination({ reason, strings }: Termination): string {
  const words = reason === undefined ? undefined : TERMINATIONS[reason];
  const reasons = reason === undefined ? [] : [`reason ${reason}${words === undefined ? "" : ` (${words})`}`];
  return [...reasons, ...strings.map((text) => JSON.stringify(text))].join(", ");
}

function describePeerUp(message: PeerUp): string {
  const { peer, localAddress, localPort, remotePort, sentOpen, receivedOpen, strings, adminLabels } = message;
  const local = formatEndpoint({ address: localAddress, port: localPort });
  const remote = formatEndpoint({ address: peer.address, port: remotePort });
  const opens = `OPEN sent ${describeOpen(sentOpen)}, received ${describeOpen(receivedOpen)}`;
  const texts = [
    ...strings.map((text) => JSON.stringify(text)),
    ...adminLabels.map((text) => `label ${JSON.stringify(text)}`),
  ];
  return [`BGP ID ${formatBgpId(peer.bgpId)}`, `${remote} to ${local}`, opens, ...texts].join(", ");
}

function describeOpen(pdu: Uint8Array): string {
  try {
    const { as, holdTimeS, capabilities } = decodeOpen(pdu);
    const codes = [...new Set(capabilities.map(({ code }) => code))].join(" ");
    return `(AS${as}, hold time ${holdTimeS} s, capabilities ${codes || "none"})`;
  } catch (error) {
    if (!(error instanceof BgpError)) throw error;
    return `(malformed: ${error.message})`;
  }
}

function describeReason(reason: PeerDownReason): string {
  switch (reason.kind) {
    case "local-notification":
      return `the router sent ${describeNotification(decodeNotification(reason.notification))}`;
    case "local-fsm-event":
      return `the router closed the session, FSM event ${reason.event}`;
    case "remote-notification":
      return `the peer sent ${describeNotification(decodeNotification(reason.notification))}`;
    case "remote-closed":
      return "the peer closed the session without a NOTIFICATION";
    case "deconfigured":
      return "no longer monitored";
    case "local-system-closed":
      return "the router closed its routing instance";
  }
}

function describeMirrored({ peer, information, message }: RouteMirroring, limits: LabLimits): string {
  const codes = information.map((code) => MIRRORING[code] ?? `information ${code}`);
  const what = message === undefined ? [] : [describeUpdate(message, !peer.isLegacyAsPath, limits)];
  return [...codes, ...what].join(", ");
}

function describeStatistic(statistic: Statistic): string {
  const name = STATISTICS[statistic.type] ?? `statistic ${statistic.type}`;
  if (statistic.kind !== "family-gauge") return `${name} ${statistic.value}`;
  const { afi, safi, value } = statistic;
  const family = ADDRESS_FAMILIES.find((known) => known.afi === afi && known.safi === safi);
  return `${name} ${family?.name ?? `AFI ${afi} SAFI ${safi}`} ${value}`;
}
