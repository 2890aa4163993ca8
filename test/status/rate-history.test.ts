import { expect, test } from "vitest";
import { statusLimits } from "../../src/status/limits.ts";
import { RateHistory } from "../../src/status/rate-history.ts";

const session = (alias: string, routes: number, peers = 0) => ({
  "vpn-instance": "_public_",
  address: "192.0.2.1",
  alias,
  state: { "sent-messages": { "route-monitoring": String(routes), "peer-up": String(peers) } },
});

test("between two looks it knows the mean, over all sessions and types", () => {
  const history = new RateHistory();
  history.record([session("a", 100), session("b", 5, 1)], 1_000_000);
  expect(history.points).toEqual([]);
  history.record([session("a", 140), session("b", 6, 10)], 1_010_000);
  history.record([session("a", 140), session("b", 6, 10)], 1_015_000);
  expect(history.points).toEqual([
    { timeMs: 1_010_000, perSecond: 5 },
    { timeMs: 1_015_000, perSecond: 0 },
  ]);
});

test("a session that is new, or whose counters began anew, has sent what it has counted; one that is gone nothing", () => {
  const history = new RateHistory();
  history.record([session("a", 100), session("gone", 1000)], 0);
  history.record([session("a", 30), session("new", 20)], 10_000);
  expect(history.points).toEqual([{ timeMs: 10_000, perSecond: 5 }]);
});

test("looks that come close together are one, and only so many are kept", () => {
  const { statusPointMs, statusPlotS } = statusLimits;
  const history = new RateHistory();
  let sent = 0;
  for (let timeMs = 0; timeMs <= 2 * statusPlotS * 1000; timeMs += statusPointMs / 4) {
    sent += 1;
    history.record([session("a", sent)], timeMs);
  }
  const { points } = history;
  expect(points).toHaveLength((statusPlotS * 1000) / statusPointMs + 1);
  expect(points[0]?.timeMs).toBe(statusPlotS * 1000);
  expect(new Set(points.map(({ perSecond }) => perSecond))).toEqual(new Set([2]));
});

test("a clock that is put back begins anew", () => {
  const history = new RateHistory();
  history.record([session("a", 0)], 100_000);
  history.record([session("a", 10)], 110_000);
  history.record([session("a", 20)], 50_000);
  expect(history.points).toEqual([]);
  history.record([session("a", 40)], 60_000);
  expect(history.points).toEqual([{ timeMs: 60_000, perSecond: 2 }]);
});
