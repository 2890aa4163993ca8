import type { Log } from "../../src/observe/log.ts";
import { Metrics } from "../../src/observe/metrics.ts";
import type { DatastoreFigures, MetricsSource } from "../../src/observe/metrics-source.ts";
import { PlaneReader } from "../../src/observe/plane-state.ts";

/** As the state of the monitoring plane is in RFC 7951: 64-bit numbers are strings. */
export const PLANE_STATE = {
  "bmpconfd-bmp:bmp": {
    "bmp-session": [
      {
        "vpn-instance": "_public_",
        address: "2001:db8::1",
        alias: "",
        state: {
          "oper-state": "up",
          "last-change": "2026-11-25T22:30:00.500Z",
          "local-address": "2001:db8::2",
          "connect-attempts": "5",
          connections: "2",
          resynchronisations: "1",
          "queued-octets": "3",
          "sent-octets": "12345678901",
          "sent-messages": { "route-monitoring": "100", "peer-up": "2" },
          "lost-mirrored-messages": "8",
          "up-transitions": "6",
          flaps: "4",
          dump: { octets: "70", "expected-octets": "90" },
          "end-of-rib-pending": 1,
          "queue-high-water": { octets: "500", time: "2026-11-25T22:29:00Z" },
          "last-message-sent": "2026-11-25T22:30:00Z",
          "discarded-octets": "13",
          "down-reason": "connection-reset",
          "last-error": "connection reset <by peer>",
          "last-error-time": "2026-11-25T22:29:00Z",
        },
      },
      {
        "vpn-instance": "red",
        address: "192.0.2.7",
        alias: 'a "b"\\\n',
        state: { "oper-state": "disabled", "down-reason": "administrative" },
      },
    ],
  },
  "bmpconfd-bgp:bgp": {
    neighbor: [
      {
        address: "192.0.2.1",
        state: {
          "fsm-state": "established",
          "last-change": "2026-11-25T22:30:00Z",
          "established-transitions": "4",
          "received-updates": "9",
          "address-family": [
            { name: "ipv4-unicast", prefixes: "1000000", "end-of-rib": true },
            { name: "ipv6-unicast", prefixes: "5", "end-of-rib": false },
          ],
          "received-messages": { open: "4", update: "9" },
          "sent-messages": { open: "5" },
          statistics: { "duplicate-prefixes": "11" },
        },
      },
      { address: "192.0.2.2", state: { "fsm-state": "active" } },
    ],
    "loc-rib": {
      state: {
        "address-family": [
          { name: "ipv4-unicast", routes: "600000" },
          { name: "ipv6-unicast", routes: "0" },
        ],
      },
    },
  },
  "bmpconfd-mrt:mrt": {
    feed: [
      {
        name: "ris",
        state: {
          "oper-state": "done",
          "file-size": "2000",
          "octets-read": "1000",
          records: "50",
          "skipped-records": "2",
          routes: "40",
          "malformed-routes": "1",
          "last-error": "record 3: cut off",
        },
      },
    ],
  },
  "bmpconfd-relay:relay": {
    router: [
      {
        address: "192.0.2.8",
        state: {
          "oper-state": "connected",
          "connected-since": "2026-11-25T22:30:00Z",
          peers: 3,
          routes: "700",
          connections: "2",
          "refused-connections": "1",
          "received-octets": "5000",
          "received-messages": { "peer-up": "3" },
          problems: { "malformed-messages": "0" },
        },
      },
    ],
  },
} as const;

const thread = (factor: number) => ({
  lag: { mean: factor / 1000, p99: factor / 100, max: factor / 10 },
  heapBytes: factor * 1e6,
});

export const FIGURES: DatastoreFigures = {
  commitId: 7,
  committedAt: "2026-11-25T22:30:00Z",
  memoryBytes: 32 * 1024 * 1024,
  storedBytes: { snapshot: 1000, changes: 20, startup: 0 },
  thread: thread(2),
};

export function sourceOf(change: Partial<MetricsSource> = {}): MetricsSource {
  return {
    netconf: () => ({
      sessions: 2,
      commandLineSessions: 1,
      sessionsStarted: 9,
      sessionsDropped: 1,
      badHellos: 4,
      badRpcs: 5,
      notifications: 6,
      lostSubscribers: 3,
    }),
    datastores: () => Promise.resolve(FIGURES),
    thread: () => thread(1),
    planeThread: () => Promise.resolve(thread(3)),
    ...change,
  };
}

export function metricsOf(
  change: Partial<MetricsSource> = {},
  planeState: () => Promise<readonly string[]> = () => Promise.resolve([JSON.stringify(PLANE_STATE)]),
  log: Log = () => {},
): Metrics {
  return new Metrics(sourceOf(change), new PlaneReader(planeState), log);
}
