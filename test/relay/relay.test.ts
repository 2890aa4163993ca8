import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { fourOctetAs } from "../../src/bgp/codec/capability.ts";
import { encodeOpen } from "../../src/bgp/codec/open.ts";
import { encodeAttribute, encodeMpReach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { encodeRouteMirroring } from "../../src/bmp/codec/route-mirroring.ts";
import { encodeStatisticsReport } from "../../src/bmp/codec/statistics-report.ts";
import { encodeTermination } from "../../src/bmp/codec/termination.ts";
import { RELAY_LIMITS } from "../../src/relay/limits.ts";
import { announcePdu, CEASE, END_OF_RIB_IPV4, openPdu, withdrawPdu } from "../bmp/bgp-pdus.ts";
import { session } from "../bmp/engine-fixture.ts";
import {
  AT_US,
  INITIATION,
  OTHER_ROUTER,
  peerDown,
  peerHeader,
  peerUp,
  RelayLab,
  ROUTER,
  route,
  until,
} from "./relay-lab.ts";

const PEER = peerHeader(1);

let lab: RelayLab;
beforeEach(() => {
  lab = new RelayLab();
});
afterEach(() => lab.stop());

describe("a collector gets what the router has sent", () => {
  test("Initiation, Peer Up, live routes, Peer Down and statistics octet by octet", async () => {
    const statistics = encodeStatisticsReport({
      kind: "statistics-report",
      peer: PEER,
      statistics: [{ kind: "gauge", type: 7, value: 3 }],
    });
    lab.configureRouter();
    const collector = await lab.collector();
    const sent = [
      INITIATION,
      peerUp(PEER),
      route(PEER, announcePdu(1, 10)),
      route(PEER, withdrawPdu(1)),
      route(PEER, END_OF_RIB_IPV4),
      statistics,
      peerDown(PEER),
    ];
    const socket = await lab.connect([INITIATION]);
    await collector.messages(1);
    await until(() => [...lab.state().sessions].some(({ operState }) => operState === "up"));
    for (const message of sent.slice(1)) socket.write(message);
    const { raw } = await collector.messages(sent.length);
    expect(raw).toEqual(sent);
  });

  test("and one that comes later gets the same Peer Up and the tables", async () => {
    lab.configureRouter();
    await lab.connect([
      INITIATION,
      peerUp(PEER),
      route(PEER, announcePdu(1, 10)),
      route(PEER, announcePdu(2, 20)),
      route(PEER, withdrawPdu(1)),
      route(PEER, END_OF_RIB_IPV4),
    ]);
    await until(() => lab.state().receivedMessages.routeMonitoring === 4);
    const collector = await lab.collector();
    const { raw } = await collector.messages(4);
    expect(raw).toEqual([
      INITIATION,
      peerUp(PEER),
      // When it came was not kept.
      route({ ...PEER, timestampUs: 0 }, announcePdu(2, 20)),
      route({ ...PEER, timestampUs: 0 }, END_OF_RIB_IPV4),
    ]);
  });

  test("peers of all types, and all their RIBs, apart from each other", async () => {
    const peers = [
      peerHeader(1),
      peerHeader(1, { peerType: 1, distinguisher: 0x0000_fde8_0000_0001n }),
      peerHeader(1, { peerType: 2, distinguisher: 7n }),
      peerHeader(1, { address: "2001:db8::1" }),
    ];
    const locRib = peerHeader(1, { peerType: 3, address: "0.0.0.0", isFiltered: true });
    const locRibUp = peerUp(locRib, { tableName: "global", adminLabels: [], strings: [] });
    const sent = [
      ...peers.map((peer) => peerUp(peer)),
      locRibUp,
      ...peers.flatMap((peer, index) => [
        route(peer, announcePdu(1, index * 10)),
        route({ ...peer, isPostPolicy: true }, announcePdu(1, index * 10 + 1)),
        route({ ...peer, isAdjRibOut: true }, announcePdu(1, index * 10 + 2)),
        route({ ...peer, isAdjRibOut: true, isPostPolicy: true }, announcePdu(1, index * 10 + 3)),
      ]),
      route(locRib, announcePdu(1, 99)),
    ];
    lab.configureRouter();
    const early = await lab.collector();
    await lab.connect([INITIATION, ...sent]);
    const live = await early.messages(1 + sent.length);
    const late = await (await lab.collector()).messages(1 + sent.length);
    expect(late.raw.slice(1, 6)).toEqual(sent.slice(0, 5));
    expect(live.tables).toEqual({
      ...Object.fromEntries(
        peers.flatMap(({ peerType, distinguisher, address }, index) =>
          ["in-pre", "in-post", "out-pre", "out-post"].map((rib, offset) => [
            `${peerType} ${distinguisher} ${address} ${rib}`,
            { 1: index * 10 + offset },
          ]),
        ),
      ),
      "3 0 0.0.0.0 in-pre": { 1: 99 },
    });
    expect(late.tables).toEqual(live.tables);
    expect(
      [...lab.state().peers].map((peer) => [peer.peerType, [...peer.routesByRib()].length, peer.tableName]),
    ).toEqual([
      ["global", 4, undefined],
      ["route-distinguisher", 4, undefined],
      ["local", 4, undefined],
      ["global", 4, undefined],
      ["loc-rib", 1, "global"],
    ]);
    expect(lab.state().routes).toBe(17);
  });

  test("a peer with 2-octet AS numbers keeps its A flag, which its Peer Up need not have", async () => {
    const legacy = { ...PEER, isLegacyAsPath: true };
    const update = new Uint8Array(announcePdu(1, 10));
    // AS_PATH with a 2-octet number, and something that fills the rest: two numbers.
    update.set([0x40, 2, 6, 2, 2, 0xfd, 0xe9, 0xfd, 0xea], 27);
    lab.configureRouter();
    await lab.connect([INITIATION, peerUp(PEER), route(legacy, update)]);
    await until(() => lab.state().routes === 1);
    expect(lab.state().problems["treat-as-withdraw"]).toBe(0);
    const { raw } = await (await lab.collector()).messages(3);
    expect(raw[2]).toEqual(route({ ...legacy, timestampUs: 0 }, update));
  });

  test("routes of IPv4 with a next hop of IPv6 (RFC 8950), and several paths to a destination (RFC 7911)", async () => {
    const attributes = [encodeAttribute(0x40, 1, Uint8Array.of(0)), encodeAttribute(0x40, 2, new Uint8Array(0))];
    const update = (...nlri: readonly number[]) =>
      encodeUpdate({
        attributes: Buffer.concat([
          encodeMpReach(IPV4_UNICAST, new Uint8Array(16).fill(7), Uint8Array.from(nlri)),
          ...attributes,
        ]),
      });
    // Each side announces that it can send several paths, and receive them.
    const open = encodeOpen({
      as: 65001,
      holdTimeS: 90,
      bgpId: 0xc0000201,
      capabilities: [fourOctetAs(65001), { code: 69, value: Uint8Array.of(0, 1, 1, 3) }],
    });
    const withPaths = peerHeader(2);
    lab.configureRouter();
    await lab.connect([
      INITIATION,
      peerUp(PEER),
      peerUp(withPaths, { sentOpen: open, receivedOpen: open }),
      route(PEER, update(8, 10)),
      route(withPaths, update(0, 0, 0, 1, 8, 10, 0, 0, 0, 2, 8, 10)),
      route({ ...withPaths, isAdjRibOut: true }, update(0, 0, 0, 3, 8, 10)),
    ]);
    await until(() => lab.state().receivedMessages.routeMonitoring === 3);
    expect(lab.state()).toMatchObject({ routes: 4, problems: { "unusable-update": 0, "treat-as-withdraw": 0 } });
    const { raw } = await (await lab.collector()).messages(6);
    expect(raw.slice(3).map((message) => Buffer.from(message.subarray(48)))).toEqual([
      Buffer.from(update(8, 10)),
      // Newest first.
      Buffer.from(update(0, 0, 0, 2, 8, 10, 0, 0, 0, 1, 8, 10)),
      Buffer.from(update(0, 0, 0, 3, 8, 10)),
    ]);
  });

  test("a Peer Up whose OPENs say nothing is a Peer Up all the same", async () => {
    const empty = Uint8Array.of(...Array.from({ length: 16 }, () => 0xff), 0, 19, 1);
    const up = peerUp(PEER, { sentOpen: empty, receivedOpen: empty });
    lab.configureRouter();
    await lab.connect([INITIATION, up, route(PEER, announcePdu(1, 1))]);
    const collector = await lab.collector();
    const { raw } = await collector.messages(3);
    expect(raw[1]).toEqual(up);
    expect(lab.state().routes).toBe(1);
  });

  test("mirrored messages go to those who want them, statistics to all, and nobody gets any of our own", async () => {
    const mirrored = encodeRouteMirroring({ kind: "route-mirroring", peer: PEER, information: [], message: CEASE });
    const errored = encodeRouteMirroring({
      kind: "route-mirroring",
      peer: PEER,
      information: [0],
      message: announcePdu(1, 1),
    });
    const statistics = encodeStatisticsReport({ kind: "statistics-report", peer: PEER, statistics: [] });
    lab.configureRouter();
    lab.relay.configure({ statisticsIntervalS: 0.05 });
    const none = await lab.collector();
    const some = await lab.collector({ routeMirroring: "errored-pdus" });
    const all = await lab.collector({ routeMirroring: "all" });
    const socket = await lab.connect([INITIATION, peerUp(PEER)]);
    await Promise.all([none, some, all].map((collector) => collector.messages(2)));
    for (const message of [mirrored, errored, statistics, peerDown(PEER)]) socket.write(message);
    expect((await none.until(({ kinds }) => kinds.includes("peer-down"))).raw.slice(2, 3)).toEqual([statistics]);
    expect((await some.until(({ kinds }) => kinds.includes("peer-down"))).raw.slice(2, 4)).toEqual([
      errored,
      statistics,
    ]);
    expect((await all.until(({ kinds }) => kinds.includes("peer-down"))).raw.slice(2, 5)).toEqual([
      mirrored,
      errored,
      statistics,
    ]);
  });

  test("a changed Initiation reaches the collectors", async () => {
    const changed = encodeInitiation({ kind: "initiation", sysName: "r1-new", strings: [] });
    lab.configureRouter();
    const collector = await lab.collector();
    const socket = await lab.connect();
    await collector.messages(1);
    socket.write(changed);
    expect((await collector.messages(2)).raw).toEqual([INITIATION, changed]);
    expect(lab.state().sysName).toBe("r1-new");
  });
});

test("a selection of the session holds for what is relayed, too", async () => {
  const vpn = peerHeader(1, { peerType: 1, distinguisher: 7n });
  const post = { ...PEER, isPostPolicy: true };
  lab.configureRouter();
  const collector = await lab.collector({
    monitor: { public: [{ family: "ipv4-unicast", rib: "adj-rib-in-post" }], vpnInstances: [], peers: [] },
  });
  const socket = await lab.connect([INITIATION]);
  await collector.messages(1);
  const messages = [
    peerUp(PEER),
    peerUp(vpn),
    route(PEER, announcePdu(1, 1)),
    route(post, announcePdu(1, 2)),
    route(vpn, announcePdu(1, 3)),
    encodeStatisticsReport({ kind: "statistics-report", peer: vpn, statistics: [] }),
    peerDown(PEER),
  ];
  for (const message of messages) socket.write(message);
  const { raw } = await collector.until(({ kinds }) => kinds.includes("peer-down"));
  expect(raw).toEqual([INITIATION, peerUp(PEER), route(post, announcePdu(1, 2)), peerDown(PEER)]);
});

describe("every router has connections of its own", () => {
  test("with its own Initiation, to every collector", async () => {
    const other = encodeInitiation({ kind: "initiation", sysName: "r2.example", sysDescr: "x", strings: [] });
    lab.configureRouter();
    lab.configureRouter({ address: OTHER_ROUTER });
    const collectors = [await lab.collector(), await lab.collector()];
    await lab.connect();
    await lab.connect([other], OTHER_ROUTER);
    for (const collector of collectors) {
      await until(() => collector.connections.filter(({ messages }) => messages.length > 0).length === 2);
      const names = collector.connections.map(({ messages: [first] }) => first?.kind === "initiation" && first.sysName);
      expect(new Set(names)).toEqual(new Set(["r1.example", "r2.example"]));
    }
  });

  test("sessions that are changed, removed or reset are so for all", async () => {
    lab.configureRouter();
    const collector = await lab.collector({ alias: "a" });
    await lab.connect();
    await collector.until(({ kinds }) => kinds.includes("initiation"));
    const key = { vpnInstance: "_public_", address: "127.0.0.1", alias: "a" };
    lab.relay.resetSession(key, "reset by hand");
    await until(() => collector.connections[0]?.isClosed === true && collector.connections.length === 2);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 0,
      strings: ["reset by hand"],
    });
    lab.relay.setSession(session(collector.port, { alias: "a", enabled: false }));
    await until(() => collector.connections[1]?.isClosed === true);
    lab.relay.setSession(session(collector.port, { alias: "a" }));
    await until(() => collector.connections.length === 3);
    lab.relay.removeSession(key);
    await until(() => collector.connections[2]?.isClosed === true);
    expect([...lab.state().sessions]).toEqual([]);
  });

  test("a collector that connects to us gets none: it could not say which router it means", async () => {
    lab.configureRouter();
    const collector = await lab.collector({ alias: "a" });
    await lab.connect();
    await until(() => collector.connections.length === 1);
    const passive = { alias: "a", connectionMode: "passive", localPort: 11019 } as const;
    lab.relay.setSession(session(collector.port, passive));
    await until(() => collector.connections[0]?.isClosed === true);
    expect([...lab.state().sessions]).toEqual([]);
    lab.relay.setSession(session(collector.port, { alias: "a" }));
    await until(() => collector.connections.length === 2);
  });
});

describe("a router that goes", () => {
  test("is gone for the collectors, who are told why, and connects again", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const socket = await lab.connect([INITIATION, peerUp(PEER), route(PEER, announcePdu(1, 1))]);
    await collector.messages(3);
    socket.destroy();
    await until(() => collector.connections[0]?.isClosed === true);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 1,
      strings: ["the router is gone: the router closed the connection"],
    });
    expect(lab.state()).toMatchObject({
      operState: "waiting",
      peerCount: 0,
      routes: 0,
      lastError: "the router closed the connection",
    });
    await lab.connect([INITIATION, peerUp(PEER)]);
    expect((await collector.messages(2, 1)).kinds).toEqual(["initiation", "peer-up"]);
    expect(lab.state()).toMatchObject({ operState: "connected", connections: 2 });
  });

  test("with Termination: the same is said to the collectors", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const socket = await lab.connect();
    await collector.messages(1);
    socket.write(encodeTermination({ kind: "termination", reason: 2, strings: ["no memory"] }));
    await until(() => collector.connections[0]?.isClosed === true);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 2,
      strings: ["no memory"],
    });
    expect(lab.state().lastError).toBe("the router has terminated the session: reason 2, no memory");
  });

  test("with Termination that has more to say than is passed on: all after it goes on as ever", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const socket = await lab.connect();
    await collector.messages(1);
    // Text that takes more octets than a TLV has room for, in characters of several octets.
    const strings = Array.from({ length: 3 }, () => "\u{1f4a5}".repeat(10_000));
    socket.write(encodeTermination({ kind: "termination", reason: 2, strings }));
    await until(() => collector.connections[0]?.isClosed === true);
    const words = "\u{1f4a5}".repeat(RELAY_LIMITS.terminationCharacters);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({ kind: "termination", reason: 2, strings: [words] });
    expect(lab.state().lastError).toBe(`the router has terminated the session: reason 2, ${words}`);
    await lab.connect([INITIATION, peerUp(PEER)]);
    expect((await collector.messages(2, 1)).kinds).toEqual(["initiation", "peer-up"]);
  });

  test("what it said before it closed counts", async () => {
    lab.configureRouter();
    const routes = Array.from({ length: 900 }, (_, index) => route(PEER, announcePdu(index, 1)));
    const socket = await lab.connect([INITIATION, peerUp(PEER), ...routes]);
    socket.end();
    await until(() => lab.state().operState === "waiting" && lab.state().connections === 1);
    expect(lab.state().receivedMessages.routeMonitoring).toBe(900);
  });

  test("one that is removed, disabled, or given another key loses its connection", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    await lab.connect();
    await collector.messages(1);
    lab.configureRouter({ enabled: false });
    await until(() => collector.connections[0]?.isClosed === true);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 0,
      strings: ["router disabled"],
    });
    expect(lab.state().operState).toBe("disabled");
    lab.configureRouter();
    await lab.connect();
    await collector.messages(1, 1);
    lab.relay.removeRouter(ROUTER);
    await until(() => collector.connections[1]?.isClosed === true);
    expect(collector.connections[1]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 4,
      strings: ["router no longer relayed"],
    });
  });

  test("a newer connection takes the place of the one that is there, once it has sent its Initiation", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const first = await lab.connect([INITIATION, peerUp(PEER)]);
    await collector.messages(2);
    const second = await lab.connect([]);
    expect(lab.state().remotePort).toBe(first.localPort);
    second.write(INITIATION);
    await until(() => lab.state().remotePort === second.localPort);
    await until(() => first.destroyed);
    await collector.messages(1, 1);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 1,
      strings: ["the router has connected again"],
    });
    expect(lab.state()).toMatchObject({ peerCount: 0, lastError: "the router has opened another connection" });
  });
});

describe("peers", () => {
  test("a Peer Up that is repeated, for another RIB, is the same session", async () => {
    lab.configureRouter();
    await lab.connect([
      INITIATION,
      peerUp(PEER),
      route(PEER, announcePdu(1, 1)),
      peerUp({ ...PEER, isPostPolicy: true }),
      route({ ...PEER, isPostPolicy: true }, announcePdu(1, 2)),
    ]);
    await until(() => lab.state().routes === 2);
    expect(lab.state().peerCount).toBe(1);
  });

  test("one with other OPENs is another: the collectors are told that the first is down", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const again = peerUp(PEER, { receivedOpen: openPdu(65001, [192, 0, 2, 77]) });
    const socket = await lab.connect([INITIATION, peerUp(PEER), route(PEER, announcePdu(1, 1))]);
    await collector.messages(3);
    socket.write(again);
    const { messages, raw } = await collector.messages(5);
    expect(messages[3]).toMatchObject({ kind: "peer-down", reason: { kind: "local-fsm-event", event: 0 } });
    expect(raw[4]).toEqual(again);
    expect(lab.state()).toMatchObject({ peerCount: 1, routes: 0 });
  });

  test("a Peer Down whose reason is not known takes the peer down", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const socket = await lab.connect([INITIATION, peerUp(PEER)]);
    await collector.messages(2);
    const unknown = new Uint8Array(peerDown(PEER));
    unknown[48] = 77;
    socket.write(unknown);
    const { messages } = await collector.messages(3);
    expect(messages[2]).toMatchObject({ kind: "peer-down", reason: { kind: "local-fsm-event", event: 0 } });
    expect(lab.state().problems.malformed).toBe(1);
  });

  test("the time of an UPDATE is kept to the microsecond", async () => {
    lab.configureRouter();
    const collector = await lab.collector();
    const socket = await lab.connect([INITIATION, peerUp(PEER)]);
    await collector.messages(2);
    socket.write(route({ ...PEER, timestampUs: AT_US + 1 }, announcePdu(1, 1)));
    const { messages } = await collector.messages(3);
    expect(messages[2]).toMatchObject({ peer: { timestampUs: AT_US + 1 } });
  });
});
