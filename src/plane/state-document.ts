import type { NeighborState } from "../bgp/neighbor-state.ts";
import type { BmpSessionState } from "../bmp/session-state.ts";

type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json | undefined };

/** Operational state as an RFC 7951 document: 64-bit numbers are strings (section 6.1); absent leaves are left out. */
export function stateDocument(sessions: readonly BmpSessionState[], neighbors: readonly NeighborState[]): string {
  const document: Json = {
    ...(sessions.length === 0 ? {} : { "bmpconfd-bmp:bmp": { "bmp-session": sessions.map(bmpSession) } }),
    ...(neighbors.length === 0 ? {} : { "bmpconfd-bgp:bgp": { neighbor: neighbors.map(bgpNeighbor) } }),
  };
  return JSON.stringify(document);
}

const big = (count: number): string => String(count);

/** RFC 3339; undefined stays undefined. */
function time<T extends number | undefined>(ms: T): T extends number ? string : string | undefined {
  return (ms === undefined ? undefined : new Date(ms).toISOString()) as T extends number ? string : string | undefined;
}

function bmpSession(session: BmpSessionState): Json {
  const { sentMessages: sent } = session;
  return {
    "vpn-instance": session.vpnInstance,
    address: session.address,
    alias: session.alias,
    state: {
      "oper-state": session.operState,
      "last-change": time(session.lastChange),
      "local-address": session.localAddress,
      "local-port": session.localPort,
      "connect-attempts": big(session.connectAttempts),
      connections: big(session.connections),
      "next-connect": session.nextConnectS,
      "next-statistics": session.nextStatisticsS,
      resynchronisations: big(session.resynchronisations),
      "queued-octets": big(session.queuedOctets),
      "sent-octets": big(session.sentOctets),
      "sent-messages": {
        "route-monitoring": big(sent.routeMonitoring),
        "statistics-report": big(sent.statisticsReport),
        "peer-down": big(sent.peerDown),
        "peer-up": big(sent.peerUp),
        initiation: big(sent.initiation),
        termination: big(sent.termination),
      },
      "discontinuity-time": time(session.discontinuityTime),
      "last-error": session.lastError,
      "last-error-time": time(session.lastErrorTime),
    },
  };
}

function bgpNeighbor(neighbor: NeighborState): Json {
  return {
    address: neighbor.address,
    state: {
      "fsm-state": neighbor.fsmState,
      "last-change": time(neighbor.lastChangeAt),
      "established-transitions": big(neighbor.establishedTransitions),
      "remote-router-id": neighbor.remoteRouterId,
      "local-address": neighbor.localAddress,
      "local-port": neighbor.localPort,
      "remote-port": neighbor.remotePort,
      "negotiated-hold-time": neighbor.negotiatedHoldTimeS,
      capability: neighbor.capabilities,
      "address-family": neighbor.addressFamilies.map(({ name, prefixes, endOfRib }) => ({
        name,
        prefixes: big(prefixes),
        "end-of-rib": endOfRib,
      })),
      "received-updates": big(neighbor.receivedUpdates),
      "last-error": neighbor.lastError,
      "last-error-time": time(neighbor.lastErrorAt),
    },
  };
}
