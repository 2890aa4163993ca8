import { expect, test } from "vitest";
import type { Log } from "../../src/observe/log.ts";
import { Metrics } from "../../src/observe/metrics.ts";
import type { MetricsSource } from "../../src/observe/metrics-source.ts";

const silent: Log = () => {};

/** As the state of the server is in RFC 7951: 64-bit numbers are strings. */
const STATE = {
  "bmpconfd-bmp:bmp": {
    "bmp-session": [
      {
        "vpn-instance": "_public_",
        address: "2001:db8::1",
        alias: "",
        state: {
          "oper-state": "up",
          "queued-octets": "3",
          "sent-octets": "12345678901",
          connections: "2",
          resynchronisations: "1",
          "sent-messages": { "route-monitoring": "100", "peer-up": "2" },
        },
      },
      { "vpn-instance": "red", address: "192.0.2.7", alias: 'a "b"\\', state: { "oper-state": "disabled" } },
    ],
  },
  "bmpconfd-bgp:bgp": {
    neighbor: [
      {
        address: "192.0.2.1",
        state: {
          "fsm-state": "established",
          "established-transitions": "4",
          "received-updates": "9",
          "address-family": [
            { name: "ipv4-unicast", prefixes: "1000000", "end-of-rib": true },
            { name: "ipv6-unicast", prefixes: "5" },
          ],
        },
      },
      { address: "192.0.2.2", state: { "fsm-state": "active" } },
    ],
  },
};

function sourceOf(change: Partial<MetricsSource> = {}): MetricsSource {
  return {
    netconfSessions: () => 2,
    lostSubscribers: () => 3,
    commitId: () => Promise.resolve(7),
    planeState: () => Promise.resolve([JSON.stringify(STATE)]),
    ...change,
  };
}

/** Our own samples, in order; what Node tells of the process is Prometheus' client's business. */
async function samples(metrics: Metrics): Promise<string[]> {
  const lines = (await metrics.text()).split("\n");
  return lines.filter((line) => line.startsWith("bmpconfd_")).map((line) => line.slice("bmpconfd_".length));
}

const PUBLIC = 'vpn_instance="_public_",address="2001:db8::1",alias=""';
const RED = 'vpn_instance="red",address="192.0.2.7",alias="a \\"b\\"\\\\"';

test("every number of the state is a sample", async () => {
  expect(await samples(new Metrics(sourceOf(), silent))).toEqual([
    'source_up{source="commits"} 1',
    'source_up{source="plane"} 1',
    "netconf_sessions 2",
    "notification_subscribers_lost_total 3",
    "commit_id 7",
    'bmp_sessions{oper_state="disabled"} 1',
    'bmp_sessions{oper_state="waiting"} 0',
    'bmp_sessions{oper_state="connecting"} 0',
    'bmp_sessions{oper_state="dumping"} 0',
    'bmp_sessions{oper_state="up"} 1',
    'bmp_sessions{oper_state="stuck"} 0',
    'bmp_sessions{oper_state="closing"} 0',
    `bmp_session_up{${PUBLIC}} 1`,
    `bmp_session_up{${RED}} 0`,
    `bmp_session_queued_octets{${PUBLIC}} 3`,
    `bmp_session_queued_octets{${RED}} 0`,
    `bmp_session_sent_octets_total{${PUBLIC}} 12345678901`,
    `bmp_session_sent_octets_total{${RED}} 0`,
    `bmp_session_sent_messages_total{${PUBLIC},type="route-monitoring"} 100`,
    `bmp_session_sent_messages_total{${PUBLIC},type="peer-up"} 2`,
    `bmp_session_connections_total{${PUBLIC}} 2`,
    `bmp_session_connections_total{${RED}} 0`,
    `bmp_session_resynchronisations_total{${PUBLIC}} 1`,
    `bmp_session_resynchronisations_total{${RED}} 0`,
    'bgp_neighbors{fsm_state="idle"} 0',
    'bgp_neighbors{fsm_state="connect"} 0',
    'bgp_neighbors{fsm_state="active"} 1',
    'bgp_neighbors{fsm_state="open-sent"} 0',
    'bgp_neighbors{fsm_state="open-confirm"} 0',
    'bgp_neighbors{fsm_state="established"} 1',
    'bgp_neighbor_up{neighbor="192.0.2.1"} 1',
    'bgp_neighbor_up{neighbor="192.0.2.2"} 0',
    'bgp_neighbor_prefixes{neighbor="192.0.2.1",address_family="ipv4-unicast"} 1000000',
    'bgp_neighbor_prefixes{neighbor="192.0.2.1",address_family="ipv6-unicast"} 5',
    'bgp_neighbor_established_transitions_total{neighbor="192.0.2.1"} 4',
    'bgp_neighbor_established_transitions_total{neighbor="192.0.2.2"} 0',
    'bgp_neighbor_received_updates_total{neighbor="192.0.2.1"} 9',
    'bgp_neighbor_received_updates_total{neighbor="192.0.2.2"} 0',
  ]);
});

test("a second scrape shows what is now, and nothing of what was deleted", async () => {
  let state: unknown = STATE;
  const metrics = new Metrics(sourceOf({ planeState: () => Promise.resolve([JSON.stringify(state)]) }), silent);
  const before = await samples(metrics);
  expect(await samples(metrics)).toEqual(before);
  state = {};
  const after = await samples(metrics);
  expect(after.filter((line) => /vpn_instance|neighbor=/.test(line))).toEqual([]);
  expect(after).toContain('bmp_sessions{oper_state="up"} 0');
});

test("a part of the server that does not answer lacks, the rest is there", async () => {
  const lines: unknown[] = [];
  const log: Log = (level, message, fields) => lines.push({ level, message, ...fields });
  const late = new Error("too late");
  let isLate = false;
  const answer = <T>(value: T) => (isLate ? Promise.reject(late) : Promise.resolve(value));
  const metrics = new Metrics(
    sourceOf({ commitId: () => answer(7), planeState: () => answer([JSON.stringify(STATE)]) }),
    log,
  );
  const before = await samples(metrics);
  isLate = true;
  expect(await samples(metrics)).toEqual([
    'source_up{source="commits"} 0',
    'source_up{source="plane"} 0',
    "netconf_sessions 2",
    "notification_subscribers_lost_total 3",
  ]);
  expect(lines).toEqual([
    { level: "warn", message: "A part of the server did not answer a scrape", source: "commits", error: late },
    { level: "warn", message: "A part of the server did not answer a scrape", source: "plane", error: late },
  ]);
  isLate = false;
  expect(await samples(metrics)).toEqual(before);
});

test("scrapes at the same time ask the server once", async () => {
  let asked = 0;
  const planeState = () => {
    asked += 1;
    return Promise.resolve([]);
  };
  const metrics = new Metrics(sourceOf({ planeState }), silent);
  const [first, second] = await Promise.all([metrics.text(), metrics.text()]);
  expect(second).toBe(first);
  expect(asked).toBe(1);
  await metrics.text();
  expect(asked).toBe(2);
});
