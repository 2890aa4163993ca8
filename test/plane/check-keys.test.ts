import { afterEach, expect, test } from "vitest";
import { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { BmpEngine } from "../../src/bmp/engine.ts";
import type { ConfigObject, UnitChange } from "../../src/datastore/subscriber.ts";
import { MrtFeeds } from "../../src/mrt/feeds.ts";
import { MrtFolder } from "../../src/mrt/mrt-folder.ts";
import { applyChange } from "../../src/plane/apply-change.ts";
import { concernsKeys, keyProblems } from "../../src/plane/check-keys.ts";
import { unitPaths } from "../../src/plane/unit-paths.ts";
import { Relay } from "../../src/relay/relay.ts";

const stopping: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stopping.splice(0)) await stop();
});

/** A plane that does not listen. */
function plane() {
  const log = () => {};
  const engine: BmpEngine = new BmpEngine({
    routes: () => speaker,
    identity: { kind: "own", hostName: "router", productDescription: "bmpconfd test" },
    log,
  });
  const speaker = new BgpSpeaker({ observer: engine, listen: [], log });
  const feeds = new MrtFeeds({ folder: new MrtFolder(undefined), observer: engine, log });
  const relay = new Relay({ log });
  stopping.push(
    () => engine.stop(),
    () => speaker.stop(),
  );
  const problems = (change: readonly UnitChange[], room: number) =>
    keyProblems(change, { engine, speaker, relay }, (wanted) => Math.min(wanted, room));
  return { apply: (change: readonly UnitChange[]) => applyChange(change, { speaker, engine, feeds, relay }), problems };
}

const VPN: UnitChange = {
  path: unitPaths.vpnInstance,
  keys: ["red"],
  after: { name: "red", "network-namespace": "red" },
};

const neighbor = (address: string, more: ConfigObject | undefined): UnitChange => ({
  path: unitPaths.neighbor,
  keys: [address],
  after: more && {
    address,
    "remote-as": "65001",
    enabled: "false",
    "connection-mode": "active",
    port: "179",
    "hold-time": "90",
    "connect-retry-time": "30",
    "address-family": ["ipv4-unicast"],
    "maximum-prefixes": "100",
    ...more,
  },
});

const session = (address: string, more: ConfigObject): UnitChange => ({
  path: unitPaths.bmpSession,
  keys: ["_public_", address, ""],
  after: {
    "vpn-instance": "_public_",
    address,
    alias: "",
    port: "11019",
    enabled: "false",
    "connect-timeout": "10",
    "initial-delay": "0",
    "connect-retry": { initial: "30", maximum: "720" },
    "queue-limit": "65536",
    ...more,
  },
});

const KEY = { "tcp-md5": "secret" };

test("more keys than a listener has room for are refused, at the first that finds none", () => {
  const change = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((address) => neighbor(address, KEY));
  expect(plane().problems(change, 3)).toEqual([]);
  expect(plane().problems(change, 2)).toEqual([
    {
      type: "application",
      tag: "resource-denied",
      path: {
        text: "/bgp:bgp/bgp:neighbor[bgp:address='192.0.2.3']/bgp:tcp-md5",
        namespaces: { bgp: "urn:bmpconfd:yang:bgp" },
      },
      message:
        "The neighbour 192.0.2.3 cannot have a TCP MD5 key: a listener would have 3, and the kernel has room for 2. " +
        "Raise net.core.optmem_max (sysctl), or have fewer keys on it.",
    },
  ]);
});

test("what is there counts, less what the same change takes away; another key for the same is no more", () => {
  const { apply, problems } = plane();
  apply([neighbor("192.0.2.1", KEY), neighbor("192.0.2.2", KEY)]);
  const third = neighbor("192.0.2.3", KEY);
  expect(problems([third], 2)).toHaveLength(1);
  expect(problems([third, neighbor("192.0.2.1", undefined)], 2)).toEqual([]);
  expect(problems([third, neighbor("192.0.2.1", {})], 2)).toEqual([]);
  expect(problems([neighbor("192.0.2.1", { "tcp-md5": "another" })], 1)).toEqual([]);
});

test("each VPN instance has listeners of its own", () => {
  const { apply, problems } = plane();
  apply([VPN, neighbor("192.0.2.1", { ...KEY, "vpn-instance": "red" }), neighbor("192.0.2.2", KEY)]);
  expect(problems([neighbor("192.0.2.3", KEY)], 2)).toEqual([]);
  expect(problems([neighbor("192.0.2.2", { ...KEY, "vpn-instance": "red" })], 1)).toHaveLength(1);
});

test("a passive session has its key on its port, an active one on none", () => {
  const { apply, problems } = plane();
  const passive = (port: string) => ({ ...KEY, "connection-mode": "passive", "local-port": port });
  apply([session("192.0.2.1", passive("5000"))]);
  expect(problems([session("192.0.2.2", KEY)], 0)).toEqual([]);
  expect(problems([session("192.0.2.2", passive("5001"))], 1)).toEqual([]);
  expect(problems([session("192.0.2.2", passive("5000"))], 1)).toMatchObject([
    { tag: "resource-denied", path: { text: expect.stringMatching(/192\.0\.2\.2.*tcp-md5$/) } },
  ]);
});

test("all routers have theirs on the same listeners", () => {
  const { apply, problems } = plane();
  const router = (address: string, more: ConfigObject | undefined): UnitChange => ({
    path: unitPaths.relayRouter,
    keys: [address],
    after: more && { address, enabled: "true", "maximum-peers": "1", "maximum-prefixes": "1", ...more },
  });
  apply([router("192.0.2.1", KEY), router("192.0.2.2", {}), neighbor("192.0.2.3", KEY)]);
  expect(concernsKeys(router("192.0.2.2", KEY), {})).toBe(true);
  expect(problems([router("192.0.2.2", KEY)], 2)).toEqual([]);
  expect(problems([router("192.0.2.2", KEY)], 1)).toMatchObject([
    { tag: "resource-denied", path: { text: "/relay:relay/relay:router[relay:address='192.0.2.2']/relay:tcp-md5" } },
  ]);
  expect(problems([router("192.0.2.2", KEY), router("192.0.2.1", undefined)], 1)).toEqual([]);
});

test("a unit concerns keys if it has one, or had one, and what says where they are changes", () => {
  const before = { ...KEY, "vpn-instance": "red" };
  expect(concernsKeys(neighbor("192.0.2.1", before), before)).toBe(false);
  expect(concernsKeys(neighbor("192.0.2.1", KEY), before)).toBe(true);
  expect(concernsKeys(neighbor("192.0.2.1", undefined), before)).toBe(true);
  expect(concernsKeys(neighbor("192.0.2.1", {}), undefined)).toBe(false);
  expect(concernsKeys(neighbor("192.0.2.1", { "vpn-instance": "red" }), {})).toBe(false);
  expect(concernsKeys(VPN, undefined)).toBe(false);
});
