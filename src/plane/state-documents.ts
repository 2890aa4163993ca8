import type { MessageCounts, NotedNotification } from "../bgp/message-tally.ts";
import type { NeighborState } from "../bgp/neighbor-state.ts";
import type { PeerStatistics, RouteCounts } from "../bgp/route-source.ts";
import type { BgpSpeaker } from "../bgp/speaker.ts";
import { listenId } from "../bmp/collector-listeners.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { BmpListenState, BmpSessionState, BmpState } from "../bmp/session-state.ts";
import type { MrtFeedState } from "../mrt/feed-state.ts";
import type { MrtFeeds } from "../mrt/feeds.ts";
import { planeLimits } from "./limits.ts";
import { batches, big, type Json, time, union } from "./state-json.ts";
import type { FeedPattern, ListenPattern, NeighborPattern, SessionPattern, StateScope } from "./state-scope.ts";

/** Who has state. */
export interface StatefulParts {
  readonly engine: Pick<BmpEngine, "state" | "sessionStates" | "listeners">;
  readonly speaker: Pick<BgpSpeaker, "neighborStates" | "locRibRoutes">;
  readonly feeds: Pick<MrtFeeds, "feedStates">;
}

/**
 * Operational state as RFC 7951 documents of at most `entriesPerDocument` entries: 64-bit numbers are strings (section
 * 6.1); absent leaves are left out. Each is made when it is asked for; an entry that came or went meanwhile is in one or
 * in none. Entries whose keys are known are looked up, whatever their number.
 */
export function* stateDocuments(
  { hasBmp, hasLocRib, sessions, neighbors, listeners, feeds: wantedFeeds }: StateScope,
  { engine, speaker, feeds }: StatefulParts,
  entriesPerDocument: number = planeLimits.entriesPerDocument,
): Iterable<string> {
  const bmp = hasBmp ? engine.state() : undefined;
  if (bmp !== undefined) yield JSON.stringify({ "bmpconfd-bmp:bmp": { state: bmpState(bmp) } } satisfies Json);
  for (const entries of batches(wantedSessions(sessions, engine), entriesPerDocument)) {
    yield JSON.stringify({ "bmpconfd-bmp:bmp": { "bmp-session": entries.map(bmpSession) } } satisfies Json);
  }
  for (const entries of batches(wantedListeners(listeners, engine), entriesPerDocument)) {
    yield JSON.stringify({ "bmpconfd-bmp:bmp": { listen: entries.map(bmpListener) } } satisfies Json);
  }
  for (const entries of batches(wantedNeighbors(neighbors, speaker), entriesPerDocument)) {
    yield JSON.stringify({ "bmpconfd-bgp:bgp": { neighbor: entries.map(bgpNeighbor) } } satisfies Json);
  }
  for (const entries of batches(wantedMrtFeeds(wantedFeeds, feeds), entriesPerDocument)) {
    yield JSON.stringify({ "bmpconfd-mrt:mrt": { feed: entries.map(mrtFeed) } } satisfies Json);
  }
  const routes = hasLocRib ? speaker.locRibRoutes() : undefined;
  if (routes !== undefined) yield JSON.stringify({ "bmpconfd-bgp:bgp": { "loc-rib": locRibState(routes) } });
}

function locRibState(byFamily: RouteCounts["byFamily"]): Json {
  return {
    state: { "address-family": byFamily.map(({ family, routes }) => ({ name: family.name, routes: big(routes) })) },
  };
}

function* wantedSessions(
  wanted: readonly SessionPattern[],
  engine: StatefulParts["engine"],
): Iterable<BmpSessionState> {
  yield* union(
    wanted,
    (pattern) => engine.sessionStates(pattern),
    ({ vpnInstance, address, alias }) => JSON.stringify([vpnInstance, address, alias]),
  );
}

function* wantedListeners(wanted: readonly ListenPattern[], engine: StatefulParts["engine"]): Iterable<BmpListenState> {
  yield* union(
    wanted,
    ({ port, ...pattern }) =>
      engine.listeners.states({ ...pattern, ...(port !== undefined && { port: Number(port) }) }),
    listenId,
  );
}

function* wantedNeighbors(
  wanted: readonly NeighborPattern[],
  speaker: StatefulParts["speaker"],
): Iterable<NeighborState> {
  yield* union(
    wanted,
    ({ address }) => speaker.neighborStates(address),
    ({ address }) => address,
  );
}

function* wantedMrtFeeds(wanted: readonly FeedPattern[], feeds: StatefulParts["feeds"]): Iterable<MrtFeedState> {
  yield* union(
    wanted,
    ({ name }) => feeds.feedStates(name),
    ({ name }) => name,
  );
}

function bmpState(state: BmpState): Json {
  return {
    sessions: state.sessions,
    "sessions-up": state.sessionsUp,
    "sent-messages": big(state.sentMessages),
    "sent-octets": big(state.sentOctets),
    "discontinuity-time": time(state.discontinuityTime),
  };
}

function bmpSession(session: BmpSessionState): Json {
  const { sentMessages: sent, queueHighWater: highWater } = session;
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
      "up-transitions": big(session.upTransitions),
      flaps: big(session.flaps),
      "refused-connections": session.refusedConnections === undefined ? undefined : big(session.refusedConnections),
      "next-connect": session.nextConnectS,
      "next-statistics": session.nextStatisticsS,
      resynchronisations: big(session.resynchronisations),
      dump: session.dump && {
        octets: big(session.dump.octets),
        "expected-octets": session.dump.expectedOctets === undefined ? undefined : big(session.dump.expectedOctets),
      },
      "end-of-rib-pending": session.pendingEndOfRibs,
      "queued-octets": big(session.queuedOctets),
      "queue-high-water": highWater && { octets: big(highWater.octets), time: time(highWater.time) },
      "sent-octets": big(session.sentOctets),
      "sent-messages": {
        "route-monitoring": big(sent.routeMonitoring),
        "statistics-report": big(sent.statisticsReport),
        "peer-down": big(sent.peerDown),
        "peer-up": big(sent.peerUp),
        initiation: big(sent.initiation),
        termination: big(sent.termination),
        "route-mirroring": big(sent.routeMirroring),
      },
      "last-message-sent": time(session.lastMessageSent),
      "lost-mirrored-messages": big(session.lostMirroredMessages),
      "discarded-octets": big(session.discardedOctets),
      "discontinuity-time": time(session.discontinuityTime),
      "down-reason": session.downReason,
      "last-error": session.lastError,
      "last-error-time": time(session.lastErrorTime),
    },
  };
}

function bmpListener(listener: BmpListenState): Json {
  return {
    "vpn-instance": listener.vpnInstance,
    address: listener.address,
    port: listener.port,
    state: {
      "oper-state": listener.isListening ? "listening" : "not-bound",
      "refused-connections": big(listener.refusedConnections),
      "last-refused-address": listener.lastRefusedAddress,
      "discontinuity-time": time(listener.discontinuityTime),
      "last-error": listener.lastError,
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
      uptime: neighbor.uptimeS,
      "remote-router-id": neighbor.remoteRouterId,
      "local-address": neighbor.localAddress,
      "local-port": neighbor.localPort,
      "remote-port": neighbor.remotePort,
      "negotiated-hold-time": neighbor.negotiatedHoldTimeS,
      "hold-time-left": neighbor.holdTimeLeftS,
      "next-keepalive": neighbor.nextKeepaliveS,
      capability: neighbor.capabilities,
      "address-family": neighbor.addressFamilies.map(({ name, prefixes, endOfRib, hasPathIds }) => ({
        name,
        prefixes: big(prefixes),
        "add-path": hasPathIds,
        "end-of-rib": endOfRib,
      })),
      statistics: neighbor.statistics && statistics(neighbor.statistics),
      "received-updates": big(neighbor.receivedMessages.update),
      "received-messages": messages(neighbor.receivedMessages),
      "sent-messages": messages(neighbor.sentMessages),
      "discontinuity-time": time(neighbor.discontinuityAt),
      "last-notification-received":
        neighbor.lastNotificationReceived && notification(neighbor.lastNotificationReceived),
      "last-notification-sent": neighbor.lastNotificationSent && notification(neighbor.lastNotificationSent),
      "last-error": neighbor.lastError,
      "last-error-time": time(neighbor.lastErrorAt),
    },
  };
}

function messages(counts: MessageCounts): Json {
  return {
    open: big(counts.open),
    update: big(counts.update),
    notification: big(counts.notification),
    keepalive: big(counts.keepalive),
    "route-refresh": big(counts.routeRefresh),
  };
}

function notification({ code, subcode, text, at }: NotedNotification): Json {
  return { "error-code": code, "error-subcode": subcode, text, time: time(at) };
}

function statistics(counted: PeerStatistics): Json {
  return {
    "duplicate-prefixes": big(counted.duplicateAnnouncements),
    "duplicate-withdraws": big(counted.duplicateWithdrawals),
    "as-path-loop-updates": big(counted.asPathLoops),
    "originator-id-updates": big(counted.originatorIdLoops),
    "cluster-list-updates": counted.clusterListLoops === undefined ? undefined : big(counted.clusterListLoops),
    "treat-as-withdraw-updates": big(counted.treatedAsWithdraw),
    "treat-as-withdraw-prefixes": big(counted.prefixesTreatedAsWithdraw),
    "duplicate-updates": big(counted.duplicateUpdates),
  };
}

function mrtFeed(feed: MrtFeedState): Json {
  return {
    name: feed.name,
    state: {
      "oper-state": feed.operState,
      "peer-distinguisher": String(feed.distinguisher),
      "file-size": big(feed.fileBytes),
      "octets-read": big(feed.bytesRead),
      records: big(feed.records),
      "skipped-records": big(feed.skippedRecords),
      peers: feed.peers,
      routes: big(feed.routes),
      "malformed-routes": big(feed.invalidRoutes),
      "replayed-until": time(feed.replayedUntil),
      "last-error": feed.lastError,
    },
  };
}
