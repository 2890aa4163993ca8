import {
  entriesAt,
  type FeedState,
  type NeighborState,
  numberAt,
  numbersIn,
  type PlaneState,
  type RouterState,
  type SessionState,
  type StateNode,
  textAt,
} from "./plane-state.ts";

const PREFIX = "bmpconfd_";

const OPER_STATES = ["disabled", "waiting", "listening", "connecting", "dumping", "up", "stuck", "closing"];
const FEED_STATES = ["disabled", "loading", "replaying", "done", "failed"];
const ROUTER_STATES = ["disabled", "waiting", "connected"];
const FSM_STATES = ["idle", "connect", "active", "open-sent", "open-confirm", "established"];

/** Lines of text made before others get their turn. */
const LINES_IN_A_SLICE = 500;

type Labels = Readonly<Record<string, string>>;
interface Sample {
  /** Besides those of the entry. */
  readonly labels?: Labels;
  readonly value: number;
}

/** A metric with samples of each entry of a list. */
interface Family {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: (state: StateNode | undefined) => readonly Sample[];
}

/** A leaf that has no value has no sample. */
const leaf = (path: string) => (state: StateNode | undefined) => {
  const value = numberAt(state, path);
  return value === undefined ? [] : [{ value }];
};

/** One sample for each number in a container, by the name of the leaf. */
const eachLeaf = (path: string, label: string) => (state: StateNode | undefined) =>
  numbersIn(state, path).map(([name, value]) => ({ labels: { [label]: name }, value }));

/** One sample for each address family. */
const eachAddressFamily = (path: string) => (state: StateNode | undefined) =>
  entriesAt(state, "address-family").flatMap((family) => {
    const value = numberAt(family, path);
    return value === undefined ? [] : [{ labels: { address_family: textAt(family, "name") ?? "" }, value }];
  });

const isOne = (path: string, wanted: string) => (state: StateNode | undefined) => [
  { value: textAt(state, path) === wanted ? 1 : 0 },
];

/** The value of an enumeration as a label, of a sample that is 1. */
const named = (path: string, label: string) => (state: StateNode | undefined) => {
  const name = textAt(state, path);
  return name === undefined ? [] : [{ labels: { [label]: name }, value: 1 }];
};

const gauge = (name: string, samples: Family["samples"], help: string): Family => ({
  name,
  type: "gauge",
  help,
  samples,
});
const counter = (name: string, samples: Family["samples"], help: string): Family => ({
  name,
  type: "counter",
  help,
  samples,
});

/** What is shown of each session: one line for one metric. */
const SESSION_FAMILIES: readonly Family[] = [
  gauge("bmp_session_up", isOne("oper-state", "up"), "1 if the collector follows all changes."),
  gauge("bmp_session_state", named("oper-state", "oper_state"), "1, with the session's state."),
  gauge("bmp_session_last_change_timestamp_seconds", leaf("last-change"), "When the state changed last."),
  gauge("bmp_session_down_reason", named("down-reason", "reason"), "1, with why the last connection ended."),
  gauge("bmp_session_last_message_sent_timestamp_seconds", leaf("last-message-sent"), "When it took a message last."),
  gauge("bmp_session_dump_octets", leaf("dump/octets"), "What was sent of the tables that are being sent."),
  gauge("bmp_session_dump_expected_octets", leaf("dump/expected-octets"), "What the last dump of all tables had."),
  gauge(
    "bmp_session_end_of_rib_pending",
    leaf("end-of-rib-pending"),
    "Tables whose end their peers have not marked yet.",
  ),
  gauge("bmp_session_queue_high_water_octets", leaf("queue-high-water/octets"), "The most that has waited."),
  gauge("bmp_session_queued_octets", leaf("queued-octets"), "What waits to be sent to the collector: its lag."),
  counter("bmp_session_sent_octets_total", leaf("sent-octets"), "What was sent to the collector."),
  counter("bmp_session_sent_messages_total", eachLeaf("sent-messages", "type"), "BMP messages sent by type."),
  counter("bmp_session_connect_attempts_total", leaf("connect-attempts"), "Attempts to connect to the collector."),
  counter("bmp_session_connections_total", leaf("connections"), "Connections established to the collector."),
  counter("bmp_session_up_transitions_total", leaf("up-transitions"), "Times that the collector had the tables."),
  counter("bmp_session_flaps_total", leaf("flaps"), "Times that the session was lost."),
  counter(
    "bmp_session_discarded_octets_total",
    leaf("discarded-octets"),
    "What the collector sent, and was thrown away.",
  ),
  counter(
    "bmp_session_resynchronisations_total",
    leaf("resynchronisations"),
    "Times the collector was cut off because it was too slow.",
  ),
  counter(
    "bmp_session_lost_mirrored_messages_total",
    leaf("lost-mirrored-messages"),
    "Mirrored messages dropped, since too much waited for the collector.",
  ),
];

/** What is shown of each neighbour: one line for one metric. */
const NEIGHBOR_FAMILIES: readonly Family[] = [
  gauge("bgp_neighbor_up", isOne("fsm-state", "established"), "1 if the neighbour is established."),
  gauge("bgp_neighbor_state", named("fsm-state", "fsm_state"), "1, with the neighbour's state."),
  gauge("bgp_neighbor_last_change_timestamp_seconds", leaf("last-change"), "When the state changed last."),
  gauge("bgp_neighbor_prefixes", eachAddressFamily("prefixes"), "Routes in the neighbour's Adj-RIB-In."),
  gauge("bgp_neighbor_end_of_rib", eachAddressFamily("end-of-rib"), "1 if the neighbour has sent its whole table."),
  counter(
    "bgp_neighbor_established_transitions_total",
    leaf("established-transitions"),
    "Times the neighbour reached Established.",
  ),
  counter("bgp_neighbor_received_updates_total", leaf("received-updates"), "UPDATE messages received."),
  counter("bgp_neighbor_received_messages_total", eachLeaf("received-messages", "type"), "Messages received by type."),
  counter("bgp_neighbor_sent_messages_total", eachLeaf("sent-messages", "type"), "Messages sent by type."),
  counter(
    "bgp_neighbor_statistics_total",
    eachLeaf("statistics", "type"),
    "What Statistics Reports count, since the session was established.",
  ),
];

/** What is shown of the Loc-RIB. */
const LOC_RIB_FAMILY = gauge("bgp_loc_rib_routes", eachAddressFamily("routes"), "Best routes in the Loc-RIB.");

/** What is shown of each MRT feed: one line for one metric. */
const FEED_FAMILIES: readonly Family[] = [
  gauge("mrt_feed_state", named("oper-state", "oper_state"), "1, with the feed's state."),
  gauge("mrt_feed_file_octets", leaf("file-size"), "Size of the file."),
  gauge("mrt_feed_read_octets", leaf("octets-read"), "What was read of it."),
  gauge("mrt_feed_records", leaf("records"), "Records read in this pass."),
  gauge("mrt_feed_skipped_records", leaf("skipped-records"), "Records about nothing that is wanted or known."),
  gauge("mrt_feed_routes", leaf("routes"), "Routes of all peers of the feed."),
  counter(
    "mrt_feed_malformed_routes_total",
    leaf("malformed-routes"),
    "Routes that no neighbour could have announced.",
  ),
];

/** What is shown of each router whose BMP is relayed: one line for one metric. Its peers are of its own making. */
const ROUTER_FAMILIES: readonly Family[] = [
  gauge("relay_router_up", isOne("oper-state", "connected"), "1 if the router is connected."),
  gauge("relay_router_peers", leaf("peers"), "Peers of the router that are up."),
  gauge("relay_router_routes", leaf("routes"), "Routes in all its RIBs."),
  counter("relay_router_connections_total", leaf("connections"), "Connections taken from the router."),
  counter("relay_router_refused_connections_total", leaf("refused-connections"), "Connections of it that were not."),
  counter("relay_router_received_octets_total", leaf("received-octets"), "What the router sent."),
  counter("relay_router_received_messages_total", eachLeaf("received-messages", "type"), "BMP messages by type."),
  counter(
    "relay_router_problems_total",
    eachLeaf("problems", "type"),
    "Messages that could not be taken as they were.",
  ),
];

/**
 * The plane's state in Prometheus' text format. Labels take their values from the configuration and the model only, so
 * that their number is bounded by what the operator configured.
 */
export async function planeSamples(plane: PlaneState): Promise<string> {
  const lines: string[] = [];
  for (const line of allLines(plane)) {
    if (lines.push(line) % LINES_IN_A_SLICE === 0) await new Promise(setImmediate);
  }
  return `${lines.join("\n")}\n`;
}

function* allLines({ sessions, neighbors, locRib, feeds, routers }: PlaneState): Iterable<string> {
  yield* countLines("bmp_sessions", "Configured BMP sessions by state.", "oper-state", OPER_STATES, sessions);
  yield* familyLines(SESSION_FAMILIES, sessions, sessionLabels);
  yield* countLines("bgp_neighbors", "Configured BGP neighbours by state.", "fsm-state", FSM_STATES, neighbors);
  yield* familyLines(NEIGHBOR_FAMILIES, neighbors, neighborLabels);
  yield* header(LOC_RIB_FAMILY);
  for (const { labels = {}, value } of LOC_RIB_FAMILY.samples(locRib)) {
    yield sampleLine(LOC_RIB_FAMILY.name, labelText(labels), value);
  }
  yield* countLines("mrt_feeds", "Configured MRT feeds by state.", "oper-state", FEED_STATES, feeds);
  yield* familyLines(FEED_FAMILIES, feeds, feedLabels);
  yield* countLines("relay_routers", "Relayed routers by state.", "oper-state", ROUTER_STATES, routers);
  yield* familyLines(ROUTER_FAMILIES, routers, routerLabels);
}

/** How many entries are in which state; 0 for one that none is in. */
function* countLines(name: string, help: string, path: string, states: readonly string[], entries: readonly Entry[]) {
  const counts = new Map(states.map((state) => [state, 0]));
  for (const { state } of entries) {
    const found = textAt(state, path);
    if (found !== undefined) counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  yield* header({ name, help, type: "gauge" });
  const label = path.replaceAll("-", "_");
  for (const [state, count] of counts) yield sampleLine(name, labelText({ [label]: state }), count);
}

function* familyLines<E extends Entry>(
  families: readonly Family[],
  entries: readonly E[],
  labelsOf: (entry: E) => Labels,
): Iterable<string> {
  const labelled = entries.map((entry) => [labelText(labelsOf(entry)), entry.state] as const);
  for (const family of families) {
    yield* header(family);
    for (const [own, state] of labelled) {
      for (const { labels, value } of family.samples(state)) {
        yield sampleLine(family.name, labels === undefined ? own : `${own},${labelText(labels)}`, value);
      }
    }
  }
}

interface Entry {
  readonly state?: StateNode;
}

const sessionLabels = ({ "vpn-instance": vpn_instance, address, alias }: SessionState): Labels => ({
  vpn_instance,
  address,
  alias,
});
const neighborLabels = ({ address }: NeighborState): Labels => ({ neighbor: address });

const feedLabels = ({ name }: FeedState): Labels => ({ feed: name });
const routerLabels = ({ address }: RouterState): Labels => ({ router: address });

const header = ({ name, help, type }: Pick<Family, "name" | "help" | "type">): string[] => [
  `# HELP ${PREFIX}${name} ${help}`,
  `# TYPE ${PREFIX}${name} ${type}`,
];

const sampleLine = (name: string, labels: string, value: number): string => `${PREFIX}${name}{${labels}} ${value}`;

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`,
    )
    .join(",");
