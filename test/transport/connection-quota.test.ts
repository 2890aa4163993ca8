import { expect, test } from "vitest";
import { ConnectionQuota } from "../../src/transport/connection-quota.ts";

const quota = () => new ConnectionQuota({ maxConnections: 5, maxUnauthenticated: 3, maxUnauthenticatedPerSource: 2 });

test("a source has its share of the connections that have not logged in", () => {
  const places = quota();
  const first = places.admit("192.0.2.1");
  expect(places.admit("192.0.2.1")).toBeDefined();
  expect(places.admit("192.0.2.1")).toBeUndefined();
  expect(places.admit("::ffff:192.0.2.1")).toBeUndefined();
  first?.loggedIn();
  expect(places.admit("192.0.2.1")).toBeDefined();
});

test("an IPv6 /64 is one source", () => {
  const places = quota();
  places.admit("2001:db8::1");
  places.admit("2001:db8::ffff:2");
  expect(places.admit("2001:db8:0:0:1::")).toBeUndefined();
  expect(places.admit("2001:db8:0:1::1")).toBeDefined();
});

test("the total holds for all sources, and for those that have logged in", () => {
  const places = quota();
  for (let i = 0; i < 3; i++) places.admit(`192.0.2.${i}`);
  expect(places.admit("192.0.2.9")).toBeUndefined();

  const busy = quota();
  for (let i = 0; i < 5; i++) busy.admit("192.0.2.1")?.loggedIn();
  expect(busy.admit("192.0.2.9")).toBeUndefined();
});

test("a place is given back once, however often", () => {
  const places = quota();
  const admission = places.admit("192.0.2.1");
  admission?.loggedIn();
  admission?.release();
  admission?.release();
  admission?.loggedIn();
  const admitted = [1, 2, 3, 4].map((i) => places.admit(`192.0.2.${i}`) !== undefined);
  expect(admitted).toEqual([true, true, true, false]);
});
