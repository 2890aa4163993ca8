import { formatBgpId } from "../bgp/ip-address.ts";
import type { BmpSessionState } from "../bmp/session-state.ts";
import type { Relay } from "../relay/relay.ts";
import type { RelayedPeer } from "../relay/relayed-peer.ts";
import type { RelayListenState, RelayRouterState } from "../relay/router-state.ts";
import { planeLimits } from "./limits.ts";
import { batches, big, type Json, time, union } from "./state-json.ts";
import type { StateScope } from "./state-scope.ts";

const DISTINGUISHER_DIGITS = 16;
const NO_YANG_CHARACTER = /(?![\t\n\r])\p{Cc}|\p{Noncharacter_Code_Point}/gu;

/**
 * State of the relay, as `stateDocuments` has it: a router's peers and its connections to collectors come in documents
 * of their own, of at most `entriesPerDocument` of them.
 */
export function* relayDocuments(
  { routers, isRelaySelected, isOfConfiguredOnly = false }: StateScope,
  relay: Relay,
  entriesPerDocument: number = planeLimits.entriesPerDocument,
): Iterable<string> {
  if (isRelaySelected) {
    const listen = [...relay.listeners.states()].map(listenState);
    // Of a relay that is not in use nothing is shown.
    if (listen.length > 0) yield document({ state: { "refused-connections": big(relay.refusedConnections) }, listen });
  }
  const wanted = union(
    routers,
    ({ address }) => relay.routerStates(address),
    ({ address }) => address,
  );
  for (const router of wanted) {
    yield routerDocument(router, routerState(router));
    if (isOfConfiguredOnly) continue;
    for (const peers of batches(router.peers, entriesPerDocument)) {
      yield routerDocument(router, { peer: peers.map(peerState) });
    }
    for (const sessions of batches(router.sessions, entriesPerDocument)) {
      yield routerDocument(router, { "bmp-session": sessions.map(sessionState) });
    }
  }
}

const document = (relay: Json): string => JSON.stringify({ "bmpconfd-relay:relay": relay } satisfies Json);

const routerDocument = ({ address }: RelayRouterState, state: Json): string =>
  document({ router: [{ address, state }] });

const listenState = ({ address, port, boundPort, lastError }: RelayListenState): Json => ({
  address,
  port,
  state: { "oper-state": boundPort === undefined ? "not-bound" : "listening", "last-error": lastError },
});

function routerState(router: RelayRouterState): Json {
  const { receivedMessages: received, problems } = router;
  return {
    "oper-state": router.operState,
    "connected-since": time(router.connectedSince),
    "remote-port": router.remotePort,
    "sys-name": text(router.sysName),
    "sys-descr": text(router.sysDescr),
    connections: big(router.connections),
    "refused-connections": big(router.refusedConnections),
    peers: router.peerCount,
    routes: big(router.routes),
    "received-messages": {
      "route-monitoring": big(received.routeMonitoring),
      "statistics-report": big(received.statisticsReport),
      "peer-down": big(received.peerDown),
      "peer-up": big(received.peerUp),
      initiation: big(received.initiation),
      termination: big(received.termination),
      "route-mirroring": big(received.routeMirroring),
      unknown: big(received.unknown),
    },
    "received-octets": big(router.receivedOctets),
    problems: {
      "malformed-messages": big(problems.malformed),
      "unknown-peer-messages": big(problems["unknown-peer"]),
      "treat-as-withdraw-updates": big(problems["treat-as-withdraw"]),
      "unusable-updates": big(problems["unusable-update"]),
    },
    "last-error": text(router.lastError),
    "last-error-time": time(router.lastErrorTime),
  };
}

const peerState = (peer: RelayedPeer): Json => ({
  "peer-type": peer.peerType,
  distinguisher: peer.distinguisher.toString(16).padStart(DISTINGUISHER_DIGITS, "0"),
  address: peer.address,
  as: peer.remoteAs,
  "router-id": formatBgpId(peer.remoteBgpId),
  "table-name": text(peer.tableName),
  "up-since": peer.establishedAt === 0 ? undefined : time(peer.establishedAt),
  rib: [...peer.routesByRib()].map(({ rib, routes }) => ({ name: rib, routes: big(routes) })),
});

const sessionState = (session: BmpSessionState): Json => ({
  "vpn-instance": session.vpnInstance,
  address: session.address,
  alias: session.alias,
  "oper-state": session.operState,
  "local-port": session.localPort,
  "sent-messages": big(Object.values(session.sentMessages).reduce((sum: number, count: number) => sum + count, 0)),
  "sent-octets": big(session.sentOctets),
  "last-error": text(session.lastError),
});

/** A router's words may have characters that no YANG string has (RFC 7950 section 9.4). */
const text = (words: string | undefined): string | undefined => words?.replace(NO_YANG_CHARACTER, "\ufffd");
