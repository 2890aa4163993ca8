import { expect, test } from "vitest";
import type { Log } from "../../src/observe/log.ts";
import { type Metrics, metricsResource } from "../../src/observe/metrics.ts";
import type { MetricsSource } from "../../src/observe/metrics-source.ts";
import { PlaneReader } from "../../src/observe/plane-state.ts";
import { FIGURES, metricsOf, PLANE_STATE, sourceOf } from "./server-state.ts";

/** Our own samples, in order; what Node tells of the process is Prometheus' client's business. */
async function samples(metrics: Metrics): Promise<string[]> {
  const lines = (await metrics.text()).split("\n");
  return lines.filter((line) => line.startsWith("bmpconfd_")).map((line) => line.slice("bmpconfd_".length));
}

const PUBLIC = 'vpn_instance="_public_",address="2001:db8::1",alias=""';
const RED = 'vpn_instance="red",address="192.0.2.7",alias="a \\"b\\"\\\\\\n"';
const ONE = 'neighbor="192.0.2.1"';
const TWO = 'neighbor="192.0.2.2"';

const SERVER_SAMPLES = [
  'source_up{source="datastores"} 1',
  'source_up{source="plane-thread"} 1',
  'source_up{source="plane"} 1',
  "netconf_sessions 2",
  "command_line_sessions 1",
  "netconf_sessions_started_total 9",
  "netconf_sessions_dropped_total 1",
  "netconf_bad_hellos_total 4",
  "netconf_bad_rpcs_total 5",
  "netconf_notifications_total 6",
  "notification_subscribers_lost_total 3",
  "commit_id 7",
  "last_commit_timestamp_seconds 1795645800",
  'datastore_stored_bytes{part="snapshot"} 1000',
  'datastore_stored_bytes{part="changes"} 20',
  'datastore_stored_bytes{part="startup"} 0',
  "wasm_memory_bytes 33554432",
  'event_loop_lag_mean_seconds{thread="main"} 0.001',
  'event_loop_lag_mean_seconds{thread="datastores"} 0.002',
  'event_loop_lag_mean_seconds{thread="plane"} 0.003',
  'event_loop_lag_p99_seconds{thread="main"} 0.01',
  'event_loop_lag_p99_seconds{thread="datastores"} 0.02',
  'event_loop_lag_p99_seconds{thread="plane"} 0.03',
  'event_loop_lag_max_seconds{thread="main"} 0.1',
  'event_loop_lag_max_seconds{thread="datastores"} 0.2',
  'event_loop_lag_max_seconds{thread="plane"} 0.3',
  'thread_heap_bytes{thread="main"} 1000000',
  'thread_heap_bytes{thread="datastores"} 2000000',
  'thread_heap_bytes{thread="plane"} 3000000',
];

const PLANE_SAMPLES = [
  'bmp_sessions{oper_state="disabled"} 1',
  'bmp_sessions{oper_state="waiting"} 0',
  'bmp_sessions{oper_state="listening"} 0',
  'bmp_sessions{oper_state="connecting"} 0',
  'bmp_sessions{oper_state="dumping"} 0',
  'bmp_sessions{oper_state="up"} 1',
  'bmp_sessions{oper_state="stuck"} 0',
  'bmp_sessions{oper_state="closing"} 0',
  `bmp_session_up{${PUBLIC}} 1`,
  `bmp_session_up{${RED}} 0`,
  `bmp_session_state{${PUBLIC},oper_state="up"} 1`,
  `bmp_session_state{${RED},oper_state="disabled"} 1`,
  `bmp_session_last_change_timestamp_seconds{${PUBLIC}} 1795645800.5`,
  `bmp_session_down_reason{${PUBLIC},reason="connection-reset"} 1`,
  `bmp_session_down_reason{${RED},reason="administrative"} 1`,
  `bmp_session_last_message_sent_timestamp_seconds{${PUBLIC}} 1795645800`,
  `bmp_session_dump_octets{${PUBLIC}} 70`,
  `bmp_session_dump_expected_octets{${PUBLIC}} 90`,
  `bmp_session_end_of_rib_pending{${PUBLIC}} 1`,
  `bmp_session_queue_high_water_octets{${PUBLIC}} 500`,
  `bmp_session_queued_octets{${PUBLIC}} 3`,
  `bmp_session_sent_octets_total{${PUBLIC}} 12345678901`,
  `bmp_session_sent_messages_total{${PUBLIC},type="route-monitoring"} 100`,
  `bmp_session_sent_messages_total{${PUBLIC},type="peer-up"} 2`,
  `bmp_session_connect_attempts_total{${PUBLIC}} 5`,
  `bmp_session_connections_total{${PUBLIC}} 2`,
  `bmp_session_up_transitions_total{${PUBLIC}} 6`,
  `bmp_session_flaps_total{${PUBLIC}} 4`,
  `bmp_session_discarded_octets_total{${PUBLIC}} 13`,
  `bmp_session_resynchronisations_total{${PUBLIC}} 1`,
  `bmp_session_lost_mirrored_messages_total{${PUBLIC}} 8`,
  'bgp_neighbors{fsm_state="idle"} 0',
  'bgp_neighbors{fsm_state="connect"} 0',
  'bgp_neighbors{fsm_state="active"} 1',
  'bgp_neighbors{fsm_state="open-sent"} 0',
  'bgp_neighbors{fsm_state="open-confirm"} 0',
  'bgp_neighbors{fsm_state="established"} 1',
  `bgp_neighbor_up{${ONE}} 1`,
  `bgp_neighbor_up{${TWO}} 0`,
  `bgp_neighbor_state{${ONE},fsm_state="established"} 1`,
  `bgp_neighbor_state{${TWO},fsm_state="active"} 1`,
  `bgp_neighbor_last_change_timestamp_seconds{${ONE}} 1795645800`,
  `bgp_neighbor_prefixes{${ONE},address_family="ipv4-unicast"} 1000000`,
  `bgp_neighbor_prefixes{${ONE},address_family="ipv6-unicast"} 5`,
  `bgp_neighbor_end_of_rib{${ONE},address_family="ipv4-unicast"} 1`,
  `bgp_neighbor_end_of_rib{${ONE},address_family="ipv6-unicast"} 0`,
  `bgp_neighbor_established_transitions_total{${ONE}} 4`,
  `bgp_neighbor_received_updates_total{${ONE}} 9`,
  `bgp_neighbor_received_messages_total{${ONE},type="open"} 4`,
  `bgp_neighbor_received_messages_total{${ONE},type="update"} 9`,
  `bgp_neighbor_sent_messages_total{${ONE},type="open"} 5`,
  `bgp_neighbor_statistics_total{${ONE},type="duplicate-prefixes"} 11`,
  'bgp_loc_rib_routes{address_family="ipv4-unicast"} 600000',
  'bgp_loc_rib_routes{address_family="ipv6-unicast"} 0',
  'mrt_feeds{oper_state="disabled"} 0',
  'mrt_feeds{oper_state="loading"} 0',
  'mrt_feeds{oper_state="replaying"} 0',
  'mrt_feeds{oper_state="done"} 1',
  'mrt_feeds{oper_state="failed"} 0',
  'mrt_feed_state{feed="ris",oper_state="done"} 1',
  'mrt_feed_file_octets{feed="ris"} 2000',
  'mrt_feed_read_octets{feed="ris"} 1000',
  'mrt_feed_records{feed="ris"} 50',
  'mrt_feed_skipped_records{feed="ris"} 2',
  'mrt_feed_routes{feed="ris"} 40',
  'mrt_feed_malformed_routes_total{feed="ris"} 1',
  'relay_routers{oper_state="disabled"} 0',
  'relay_routers{oper_state="waiting"} 0',
  'relay_routers{oper_state="connected"} 1',
  'relay_router_up{router="192.0.2.8"} 1',
  'relay_router_peers{router="192.0.2.8"} 3',
  'relay_router_routes{router="192.0.2.8"} 700',
  'relay_router_connections_total{router="192.0.2.8"} 2',
  'relay_router_refused_connections_total{router="192.0.2.8"} 1',
  'relay_router_received_octets_total{router="192.0.2.8"} 5000',
  'relay_router_received_messages_total{router="192.0.2.8",type="peer-up"} 3',
  'relay_router_problems_total{router="192.0.2.8",type="malformed-messages"} 0',
];

test("every number of the state is a sample", async () => {
  expect(await samples(metricsOf())).toEqual([...SERVER_SAMPLES, ...PLANE_SAMPLES]);
});

test("a second scrape shows what is now, and nothing of what was deleted", async () => {
  let state: unknown = PLANE_STATE;
  const metrics = metricsOf({}, () => Promise.resolve([JSON.stringify(state)]));
  const before = await samples(metrics);
  expect(await samples(metrics)).toEqual(before);
  state = {};
  const after = await samples(metrics);
  expect(after.filter((line) => /vpn_instance|neighbor=|feed=|router=/.test(line))).toEqual([]);
  expect(after).toContain('bmp_sessions{oper_state="up"} 0');
});

test("a part of the server that does not answer lacks, the rest is there", async () => {
  const lines: unknown[] = [];
  const log: Log = (level, message, fields) => lines.push({ level, message, ...fields });
  const late = new Error("too late");
  let isLate = false;
  const answer = <T>(value: T) => (isLate ? Promise.reject(late) : Promise.resolve(value));
  const change: Partial<MetricsSource> = {
    datastores: () => answer(FIGURES),
    planeThread: () => answer(FIGURES.thread),
  };
  const metrics = metricsOf(change, () => answer([JSON.stringify(PLANE_STATE)]), log);
  const before = await samples(metrics);
  isLate = true;
  const parts = ["datastores", "plane-thread", "plane"];
  expect(await samples(metrics)).toEqual([
    ...parts.map((source) => `source_up{source="${source}"} 0`),
    ...SERVER_SAMPLES.filter((line) => /^(?:netconf|command_line|notification)_/.test(line)),
    ...SERVER_SAMPLES.filter((line) => line.includes('thread="main"')),
  ]);
  const message = "A part of the server did not answer a scrape";
  expect(lines).toEqual(parts.map((source) => ({ level: "warn", message, source, error: late })));
  isLate = false;
  expect(await samples(metrics)).toEqual(before);
});

test("scrapes at the same time ask the server once", async () => {
  let asked = 0;
  const planeState = () => {
    asked += 1;
    return Promise.resolve([]);
  };
  const metrics = metricsOf({}, planeState);
  const [first, second] = await Promise.all([metrics.text(), metrics.text()]);
  expect(second).toBe(first);
  expect(asked).toBe(1);
  await metrics.text();
  expect(asked).toBe(2);
});

test("others get their turn while a large state is shown", async () => {
  const entry = PLANE_STATE["bmpconfd-bmp:bmp"]["bmp-session"][0];
  const sessions = Array.from({ length: 1000 }, (_, index) => ({ ...entry, alias: `c${index}` }));
  const document = JSON.stringify({ "bmpconfd-bmp:bmp": { "bmp-session": sessions } });
  const metrics = metricsOf({}, () => Promise.resolve([document]));
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const lines = await samples(metrics);
  isDone = true;
  expect(lines.filter((line) => line.startsWith("bmp_session_up{"))).toHaveLength(1000);
  // There are twenty lines for each session, and 500 in a slice.
  expect(turns).toBeGreaterThan(30);
});

test("requests are counted by operation and outcome, and timed", async () => {
  const metrics = metricsOf();
  metrics.answered({ operation: "commit", outcome: "ok", ms: 40 });
  metrics.answered({ operation: "commit", outcome: "ok", ms: 2 });
  metrics.answered({ operation: "commit", outcome: "in-use", ms: 2 });
  metrics.answered({ operation: "unknown", outcome: "unknown-namespace", ms: 1 });
  const lines = (await samples(metrics)).filter((line) => line.startsWith("netconf_rpc"));
  expect(lines.filter((line) => line.startsWith("netconf_rpcs_total"))).toEqual([
    'netconf_rpcs_total{operation="commit",outcome="ok"} 2',
    'netconf_rpcs_total{operation="commit",outcome="in-use"} 1',
    'netconf_rpcs_total{operation="unknown",outcome="unknown-namespace"} 1',
  ]);
  expect(lines).toContain('netconf_rpc_duration_seconds_bucket{le="0.0025",operation="commit"} 2');
  expect(lines).toContain('netconf_rpc_duration_seconds_bucket{le="0.05",operation="commit"} 3');
  expect(lines).toContain('netconf_rpc_duration_seconds_count{operation="commit"} 3');
  expect(lines).toContainEqual(
    expect.stringMatching(/^netconf_rpc_duration_seconds_sum\{operation="commit"\} 0\.0440*\d?$/),
  );
});

test("the resource has Prometheus' content type, and answers to any name", async () => {
  const resource = metricsResource(metricsOf());
  const { headers, body } = await resource.get();
  expect(headers).toEqual({ "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  expect(body).toContain("\n# TYPE bmpconfd_bmp_session_up gauge\n");
  expect(body.endsWith("\n")).toBe(true);
  expect(resource.hasAnyName).toBe(true);
});

test("before the first commit there is no time of it", async () => {
  const datastores = () => Promise.resolve({ ...FIGURES, commitId: 0, committedAt: undefined });
  const lines = await samples(metricsOf({ datastores }));
  expect(lines).toContain("commit_id 0");
  expect(lines.filter((line) => line.startsWith("last_commit"))).toEqual([]);
});

test("who reads the plane's state while it is read gets the same", async () => {
  let asked = 0;
  const reader = new PlaneReader(() => {
    asked += 1;
    return Promise.resolve([JSON.stringify(PLANE_STATE)]);
  });
  const told: unknown[] = [];
  reader.onRead = (plane) => told.push(plane);
  const [first, second] = await Promise.all([reader.read(), reader.read()]);
  expect([asked, second, told]).toEqual([1, first, [first]]);
  expect(first.sessions).toHaveLength(2);
  expect(sourceOf().netconf().sessions).toBe(2);
});
