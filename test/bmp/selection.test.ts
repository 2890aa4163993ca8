import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import type { BmpMessage } from "../../src/bmp/codec/message.ts";
import { CollectorSession } from "../../src/bmp/collector-session.ts";
import type { MonitorConfig, RouteMode } from "../../src/bmp/config.ts";
import { MessageStream } from "../../src/bmp/message-stream.ts";
import { Selection } from "../../src/bmp/selection.ts";
import { session } from "./engine-fixture.ts";
import { FakeSocket } from "./fake-socket.ts";
import { testResources } from "./test-resources.ts";
import { announce, TwoRibPeer, withdraw } from "./two-rib-peer.ts";

const BOTH = [IPV4_UNICAST, IPV6_UNICAST];
const nothing: MonitorConfig = { vpnInstances: [], peers: [] };
const mode = (family: RouteMode["family"], rib: RouteMode["rib"]): RouteMode => ({ family, rib });
const RED = 7n;
const selectionOf = (config: MonitorConfig | undefined) =>
  new Selection(config, (name) =>
    new Map<string, bigint>([
      ["_public_", 0n],
      ["red", RED],
    ]).get(name),
  );

const open = new TwoRibPeer(1, 0n);
const red = new TwoRibPeer(2, RED);
const unknown = new TwoRibPeer(3, 9n);
const locRib: EstablishedPeer = Object.assign(new TwoRibPeer(4, 0n), { peerType: "loc-rib", ribs: ["loc-rib"] });

/** RIBs and families that are told of each of the peers. */
function told(config: MonitorConfig | undefined): unknown[] {
  const selection = selectionOf(config);
  return [open, red, unknown, locRib].map((peer) =>
    selection.of(peer)?.map(({ rib, families }) => `${rib}: ${families.map(({ name }) => name).join(" ")}`),
  );
}

const ALL = ["adj-rib-in-pre: ipv4-unicast ipv6-unicast", "adj-rib-in-post: ipv4-unicast ipv6-unicast"];
const LOC_RIB = ["loc-rib: ipv4-unicast ipv6-unicast"];

describe("what is told", () => {
  test.each([
    ["everything, without a selection", undefined, [ALL, ALL, ALL, LOC_RIB]],
    ["nothing, of an empty one", nothing, [undefined, undefined, undefined, undefined]],
    ["the public network", { ...nothing, public: [] }, [ALL, undefined, undefined, LOC_RIB]],
    ["all VPN instances", { ...nothing, allVpnInstances: [] }, [undefined, ALL, ALL, undefined]],
    [
      "one VPN instance; of one without a distinguisher nothing",
      { ...nothing, vpnInstances: ["red", "blue"].map((name) => ({ name, routeModes: [] })) },
      [undefined, ALL, undefined, undefined],
    ],
    [
      "one peer",
      { ...nothing, peers: [{ vpnInstance: "red", address: "192.0.2.2", routeModes: [] }] },
      [undefined, ALL, undefined, undefined],
    ],
    [
      "no peer of that address in another network",
      { ...nothing, peers: [{ vpnInstance: "_public_", address: "192.0.2.2", routeModes: [] }] },
      [undefined, undefined, undefined, undefined],
    ],
    [
      "what the most specific entry says, and no other",
      {
        public: [mode("any", "loc-rib")],
        allVpnInstances: [mode("any", "adj-rib-in-pre")],
        vpnInstances: [{ name: "red", routeModes: [mode("ipv6-unicast", "adj-rib-in-post")] }],
        peers: [
          { vpnInstance: "_public_", address: "192.0.2.1", routeModes: [mode("ipv4-unicast", "adj-rib-in-pre")] },
        ],
      },
      [
        ["adj-rib-in-pre: ipv4-unicast"],
        ["adj-rib-in-post: ipv6-unicast"],
        ["adj-rib-in-pre: ipv4-unicast ipv6-unicast"],
        LOC_RIB,
      ],
    ],
    [
      "of a peer without such routes nothing",
      { ...nothing, public: [mode("link-state", "adj-rib-in-pre"), mode("any", "adj-rib-out-post")] },
      [undefined, undefined, undefined, undefined],
    ],
  ] as const)("%s", (_name, config, expected) => {
    expect(told(config)).toEqual(expected);
  });

  test("selections that say the same are the same, whatever the instances are called", () => {
    const of = (name: string) => ({ ...nothing, vpnInstances: [{ name, routeModes: [] }] });
    const named = (name: string) => new Selection(of(name), () => RED).key;
    expect(named("red")).toBe(named("blue"));
    expect(named("red")).not.toBe(selectionOf(nothing).key);
    expect(selectionOf(undefined).key).not.toBe(selectionOf(nothing).key);
  });
});

describe("a change of the selection at commit", () => {
  const { fixture } = testResources();

  /** Messages of peers 1 (public) and 2 (VPN instance red), each with a route in both families, as they come. */
  async function collected(first: MonitorConfig | undefined) {
    const sockets: FakeSocket[] = [];
    const made = fixture({
      routes: () => ({ establishedPeers: () => peers }),
      dial: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket.asSocket;
      },
    });
    const peers = [new TwoRibPeer(1, 0n), new TwoRibPeer(2, RED)];
    const update = (peer: TwoRibPeer, pdu: Uint8Array) => {
      for (const applied of peer.apply("adj-rib-in-pre", pdu)) made.engine.update(peer, "adj-rib-in-pre", applied, 0);
    };
    for (const peer of peers) update(peer, announce(BOTH, 1, 1));
    for (const peer of peers) for (const family of BOTH) update(peer, encodeEndOfRib(family));
    made.engine.setVpnInstance({ name: "red", network: { device: "red" }, distinguisher: RED });
    const select = (monitor: MonitorConfig | undefined) =>
      made.start(session(1, monitor === undefined ? {} : { monitor }));
    select(first);
    sockets[0]?.emit("connect");
    let seen = 0;
    const next = async (): Promise<readonly BmpMessage[]> => {
      for (let turn = 0; turn < 50; turn++) {
        await nextTurn();
        for (const socket of sockets) socket.deliver();
      }
      // There has never been another connection.
      expect(sockets).toHaveLength(1);
      const messages = sockets[0]?.view.messages.slice(seen) ?? [];
      seen += messages.length;
      return messages;
    };
    await next();
    return { made, peers, update, select, next, socket: sockets[0] as FakeSocket };
  }

  const about = (messages: readonly BmpMessage[]): unknown[] =>
    messages.map((message) => {
      if (!("peer" in message)) return message.kind;
      const what = message.kind === "route-monitoring" ? message.update : message.kind;
      return [message.peer.address, what];
    });
  const onlyIpv4 = { ...nothing, public: [mode("ipv4-unicast", "adj-rib-in-pre")] };
  const publicOnly = { ...nothing, public: [mode("any", "adj-rib-in-pre")] };

  test("gives up a peer with Peer Down, reason 5, and a family with withdrawals", async () => {
    const { select, next } = await collected(undefined);
    select(onlyIpv4);
    const messages = await next();
    expect(about(messages)).toEqual([
      ["192.0.2.2", "peer-down"],
      ["192.0.2.1", withdraw([IPV6_UNICAST], 1)],
    ]);
    expect(messages[0]).toMatchObject({ reason: { kind: "deconfigured" } });
  });

  test("adds a peer with Peer Up and its tables, and a family with its table and End-of-RIB", async () => {
    const { select, next } = await collected(onlyIpv4);
    select(undefined);
    expect(about(await next())).toEqual([
      ["192.0.2.2", "peer-up"],
      ["192.0.2.1", announce([IPV6_UNICAST], 1, 1)],
      ["192.0.2.1", encodeEndOfRib(IPV6_UNICAST)],
      ["192.0.2.2", announce([IPV4_UNICAST], 1, 1)],
      ["192.0.2.2", encodeEndOfRib(IPV4_UNICAST)],
      ["192.0.2.2", announce([IPV6_UNICAST], 1, 1)],
      ["192.0.2.2", encodeEndOfRib(IPV6_UNICAST)],
    ]);
  });

  test("says nothing where nothing changes", async () => {
    const { select, next } = await collected(onlyIpv4);
    select({ ...onlyIpv4, peers: [{ vpnInstance: "red", address: "192.0.2.9", routeModes: [] }] });
    expect(await next()).toEqual([]);
  });

  test("withdraws what changes while a slow collector is on its way there", async () => {
    const { select, next, peers, update, socket } = await collected(publicOnly);
    const [peer] = peers as [TwoRibPeer];
    socket.isStalled = true;
    for (let prefix = 2; prefix < 6; prefix++) update(peer, announce(BOTH, prefix, 2));
    await next();
    select(onlyIpv4);
    update(peer, withdraw([IPV6_UNICAST], 1));
    update(peer, announce([IPV6_UNICAST], 7, 3));
    update(peer, announce(BOTH, 8, 3));
    socket.isStalled = false;
    const messages = about(await next());
    expect(messages.slice(0, 4)).toEqual([2, 3, 4, 5].map((prefix) => ["192.0.2.1", announce(BOTH, prefix, 2)]));
    expect(messages).toContainEqual(["192.0.2.1", withdraw([IPV6_UNICAST], 1)]);
    expect(messages.at(-1)).toEqual(["192.0.2.1", announce([IPV4_UNICAST], 8, 3)]);
  });

  test("counts what is to be withdrawn as what waits: a collector that takes nothing is cut off beyond its limit", async () => {
    const { made, next, peers, update, socket } = await collected(publicOnly);
    const [peer] = peers as [TwoRibPeer];
    socket.isStalled = true;
    update(peer, announce(BOTH, 2, 2));
    await next();
    const onlyIpv6 = { ...nothing, public: [mode("ipv6-unicast", "adj-rib-in-pre")] };
    made.engine.setSession(session(1, { monitor: onlyIpv6, queueLimitBytes: 65536 }));
    for (let count = 0; count < 20_000 && made.state().operState === "up"; count++) {
      update(peer, announce([IPV4_UNICAST], count % 200, count % 256));
      if (count % 100 === 0) await nextTurn();
    }
    expect(made.state()).toMatchObject({ operState: "closing", downReason: "overflow" });
  });

  test("an event costs those who are told of its peer, whoever else is there", async () => {
    const { made, peers, update, next } = await collected(publicOnly);
    const [open, inRed] = peers as [TwoRibPeer, TwoRibPeer];
    const told = vi.spyOn(MessageStream.prototype, "update");
    update(inRed, announce(BOTH, 9, 1));
    expect(told).not.toHaveBeenCalled();
    update(open, announce(BOTH, 9, 1));
    expect(told).toHaveBeenCalledTimes(1);
    // Who comes later is told, too.
    made.engine.setSession(session(1));
    update(inRed, announce(BOTH, 10, 1));
    expect(told).toHaveBeenCalledTimes(2);
    told.mockRestore();
    expect(about(await next())).toContainEqual(["192.0.2.2", announce(BOTH, 10, 1)]);
  });

  test("is looked for in sessions that name the VPN instance, and in no others", async () => {
    const { made } = await collected(publicOnly);
    made.start(session(2, { alias: "red", monitor: { ...nothing, vpnInstances: [{ name: "red", routeModes: [] }] } }));
    const reselect = vi.spyOn(CollectorSession.prototype, "reselect");
    made.engine.setVpnInstance({ name: "blue", network: { device: "blue" }, distinguisher: 9n });
    expect(reselect).not.toHaveBeenCalled();
    made.engine.setVpnInstance({ name: "red", network: { device: "red" }, distinguisher: 8n });
    expect(reselect.mock.contexts.map((each) => (each as CollectorSession).key.alias)).toEqual(["red"]);
    reselect.mockRestore();
  });

  test("comes of a VPN instance that gets another distinguisher, too", async () => {
    const { made, next } = await collected({ ...nothing, vpnInstances: [{ name: "red", routeModes: [] }] });
    made.engine.setVpnInstance({ name: "red", network: { device: "red" }, distinguisher: 8n });
    expect(about(await next())).toEqual([["192.0.2.2", "peer-down"]]);
    made.engine.setVpnInstance({ name: "red", network: { device: "red" }, distinguisher: RED });
    expect(about(await next())).toContainEqual(["192.0.2.2", "peer-up"]);
  });

  test("has Statistics Reports follow", async () => {
    const { made, select, next } = await collected(undefined);
    select(publicOnly);
    await next();
    made.clock.advance(3_600_000);
    expect(about(await next())).toEqual([["192.0.2.1", "statistics-report"]]);
  });
});
