import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { announcePdu, CEASE, END_OF_RIB_IPV4, END_OF_RIB_IPV6, openPdu, withdrawPdu } from "./bgp-pdus.ts";
import { BMP, type EngineFixture, session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { FakeSocket } from "./fake-socket.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

const NOW_US = Date.UTC(2026, 0, 1) * 1000;

/** The per-peer header of FakePeer 1. */
const peer1 = {
  peerType: 0,
  isAdjRibOut: false,
  isPostPolicy: false,
  isFiltered: false,
  isLegacyAsPath: false,
  distinguisher: 0n,
  address: "192.0.2.1",
  as: 65001,
  bgpId: 0xc0000201,
};

const initiation = { kind: "initiation", sysDescr: "bmpconfd test", sysName: "router.example", strings: [] };
const peerUp1 = {
  kind: "peer-up",
  peer: { ...peer1, timestampUs: Date.UTC(2025, 11, 31, 23, 59, 59) * 1000 + 123456 },
  localAddress: "192.0.2.254",
  localPort: 179,
  remotePort: 40000,
  sentOpen: openPdu(65000, [192, 0, 2, 254]),
  receivedOpen: openPdu(65001, [192, 0, 2, 1]),
  strings: [],
  adminLabels: [],
};
const dumped = (update: Uint8Array) => ({ kind: "route-monitoring", peer: { ...peer1, timestampUs: 0 }, update });
const live = (update: Uint8Array) => ({
  kind: "route-monitoring",
  peer: { ...peer1, timestampUs: NOW_US + 250 },
  update,
});

describe("a connected collector", () => {
  test("gets Initiation, Peer Up, the table, End-of-RIB, then what happens (RFC 7854 3.3)", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture();
    const peer = routes.up(new FakePeer(1));
    routes.announce(peer, 1, 100);
    routes.announce(peer, 2, 200);
    routes.endOfRib(peer, IPV4_UNICAST);
    routes.endOfRib(peer, IPV6_UNICAST);
    engine.setSession(session(server.port));
    clock.advance(0);

    const connection = await server.connection();
    await connection.untilCount(6);
    routes.announce(peer, 3, 300);
    routes.withdraw(peer, 1);
    routes.down(peer);
    const { messages } = await connection.untilCount(9);

    expect(messages).toEqual([
      initiation,
      peerUp1,
      dumped(announcePdu(1, 100)),
      dumped(announcePdu(2, 200)),
      dumped(END_OF_RIB_IPV4),
      dumped(END_OF_RIB_IPV6),
      live(announcePdu(3, 300)),
      live(withdrawPdu(1)),
      { kind: "peer-down", peer: { ...peer1, timestampUs: NOW_US }, reason: { kind: "remote-closed" } },
    ]);
  });

  test("gets the End-of-RIB of a table that is not whole yet when its peer sends it", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture();
    const peer = routes.up(new FakePeer(1));
    routes.announce(peer, 1, 100);
    engine.setSession(session(server.port));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(3);
    routes.announce(peer, 2, 200);
    routes.endOfRib(peer, IPV4_UNICAST);
    const { messages } = await connection.untilCount(5);
    expect(messages.slice(2)).toEqual([dumped(announcePdu(1, 100)), live(announcePdu(2, 200)), live(END_OF_RIB_IPV4)]);
  });

  test("is told of an IPv6 peer with the V flag and of a 2-octet AS peer with the A flag (RFC 7854 4.2)", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture();
    routes.up(new FakePeer(7, { isIpv6: true, isFourOctetAs: false }));
    engine.setSession(session(server.port));
    clock.advance(0);
    const { messages } = await (await server.connection()).untilCount(2);
    expect(messages[1]).toMatchObject({
      peer: { address: "2001:db8::7", isLegacyAsPath: true, as: 65007 },
      localAddress: "2001:db8::ffff",
    });
  });

  test.each([
    { kind: "local-notification", notification: CEASE },
    { kind: "local-fsm-event", event: 0x1234 },
    { kind: "remote-notification", notification: CEASE },
    { kind: "remote-closed" },
    { kind: "deconfigured" },
  ] as const)("is told why a peer went down: $kind (RFC 7854 4.9)", async (reason) => {
    const server = await collector();
    const { routes, engine, clock } = fixture();
    const peer = routes.up(new FakePeer(1));
    engine.setSession(session(server.port));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(2);
    routes.down(peer, reason);
    const { messages } = await connection.untilCount(3);
    expect(messages[2]).toEqual({ kind: "peer-down", peer: { ...peer1, timestampUs: NOW_US }, reason });
  });

  test("is told what the operator says of a peer, as it is when it connects (RFC 9736 3.3, RFC 8671 6.3.1)", async () => {
    const server = await collector();
    const made = fixture();
    const peer = made.routes.up(new FakePeer(1));
    peer.said = { description: "Transit é", adminLabels: ["transit", "as65001"] };
    made.start(session(server.port));
    const connection = await server.connection();
    expect((await connection.untilCount(2)).messages[1]).toEqual({
      ...peerUp1,
      strings: ["Transit é"],
      adminLabels: ["transit", "as65001"],
    });
    peer.said = { adminLabels: ["transit"] };
    made.start(session(server.port, { alias: "later" }));
    const { messages } = await (await server.connection()).untilCount(2);
    expect(messages[1]).toEqual({ ...peerUp1, adminLabels: ["transit"] });
    expect(connection.view.messages).toHaveLength(2);
  });

  test("over IPv6 gets the same", async () => {
    const server = await collector("::1");
    const { routes, engine, clock } = fixture();
    routes.up(new FakePeer(1));
    engine.setSession(session(server.port, { address: "::1" }));
    clock.advance(0);
    expect((await (await server.connection()).untilCount(2)).kinds).toEqual(["initiation", "peer-up"]);
  });

  test("gets each event once, however many collectors there are", async () => {
    const { routes, engine, clock } = fixture();
    const servers = await Promise.all(["a", "b", "c"].map(() => collector()));
    for (const [index, { port }] of servers.entries()) engine.setSession(session(port, { alias: `${index}` }));
    clock.advance(0);
    const connections = await Promise.all(servers.map((server) => server.connection()));
    await Promise.all(connections.map((connection) => connection.untilCount(1)));
    const peer = routes.up(new FakePeer(1));
    for (let prefix = 0; prefix < 2000; prefix++) routes.announce(peer, prefix, prefix);
    for (const connection of connections) {
      const view = await connection.until(({ tables }) => tables.get("192.0.2.1")?.has(1999) === true);
      expect(view.messages).toHaveLength(2002);
      expect(view.tables.get("192.0.2.1")).toEqual(peer.table);
    }
  });

  test("gets messages larger than a page whole", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture({ limits: { pageBytes: 64, dumpSliceBytes: 64, turnBytes: 64 } });
    const peer = routes.up(new FakePeer(1));
    for (let prefix = 0; prefix < 50; prefix++) routes.announce(peer, prefix, 1);
    engine.setSession(session(server.port));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(52);
    for (let prefix = 0; prefix < 50; prefix++) routes.announce(peer, prefix, 2);
    const view = await connection.untilCount(102);
    expect(view.tables.get("192.0.2.1")).toEqual(peer.table);
  });

  test("gets no more routes of a peer that goes down while its table is sent", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture({ limits: { dumpSliceBytes: 200, turnBytes: 200 } });
    const first = routes.up(new FakePeer(1));
    const second = routes.up(new FakePeer(2));
    for (let prefix = 0; prefix < 1000; prefix++) {
      first.table.set(prefix, 1);
      second.table.set(prefix, 2);
    }
    first.endOfRib.add(IPV4_UNICAST);
    engine.setSession(session(server.port));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(10);
    routes.down(first);
    const view = await connection.until(({ kinds }) => kinds.includes("peer-down"));
    expect([...view.tables.keys()]).toEqual(["192.0.2.2"]);
    expect(view.tables.get("192.0.2.2")).toEqual(second.table);
    expect(view.messages.length).toBeLessThan(2000);
    expect(view.messages).not.toContainEqual(dumped(END_OF_RIB_IPV4));
    expect(first.openDumps).toBe(0);
  });
});

describe("Statistics Reports (RFC 7854 4.8)", () => {
  test("come for each peer that is up, first one interval after the connection", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture();
    const peer = routes.up(new FakePeer(1));
    routes.announce(peer, 1, 1);
    peer.duplicateAnnouncements = 1;
    engine.setSession(session(server.port, { statisticsIntervalS: 60 }));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(3);
    clock.advance(59_999);
    routes.announce(peer, 2, 2);
    expect((await connection.untilCount(4)).kinds.at(-1)).toBe("route-monitoring");
    clock.advance(1);
    const { messages } = await connection.untilCount(5);
    expect(messages[4]).toEqual({
      kind: "statistics-report",
      peer: { ...peer1, timestampUs: NOW_US + 60_000_000 },
      statistics: [
        { kind: "counter", type: 1, value: 1 },
        { kind: "counter", type: 2, value: 2 },
        { kind: "counter", type: 4, value: 4 },
        { kind: "counter", type: 5, value: 5 },
        { kind: "gauge", type: 7, value: 2 },
        { kind: "family-gauge", type: 9, afi: 1, safi: 1, value: 2 },
        { kind: "family-gauge", type: 9, afi: 2, safi: 1, value: 0 },
        { kind: "counter", type: 11, value: 3 },
        { kind: "counter", type: 12, value: 6 },
        // 2^32 + 7: a 32-bit counter wraps.
        { kind: "counter", type: 13, value: 7 },
      ],
    });
    clock.advance(60_000);
    await connection.untilCount(6);
  });

  test("follow a changed interval without a new connection", async () => {
    const server = await collector();
    const { routes, engine, clock, logLines } = fixture();
    routes.up(new FakePeer(1));
    engine.setSession(session(server.port));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(2);
    clock.advance(100_000);
    engine.configure({ statisticsIntervalS: 120 });
    clock.advance(20_000);
    await connection.untilCount(3);
    engine.setSession(session(server.port, { statisticsIntervalS: 15 }));
    clock.advance(15_000);
    expect((await connection.untilCount(4)).kinds.slice(2)).toEqual(["statistics-report", "statistics-report"]);
    expect(server.connections).toHaveLength(1);
    expect(logLines.map(({ message }) => message)).toEqual(["collector connected"]);
  });

  test("leave out a peer that went down while they were sent", async () => {
    const server = await collector();
    const { routes, engine, clock } = fixture({ limits: { dumpSliceBytes: 150, turnBytes: 150 } });
    const peers = Array.from({ length: 20 }, (_, index) => routes.up(new FakePeer(index + 1)));
    engine.setSession(session(server.port, { statisticsIntervalS: 15 }));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(21);
    clock.advance(15_000);
    await connection.until(({ kinds }) => kinds.includes("statistics-report"));
    for (const peer of peers.slice(1)) routes.down(peer);
    await connection.until(({ tables }) => tables.size === 1);
    for (let turn = 0; turn < 50; turn++) await nextTurn();
    // Whatever must not come would come before the next round.
    clock.advance(15_000);
    const view = await connection.until(
      ({ messages }) =>
        messages.filter((message) => message.kind === "statistics-report" && message.peer.as === 65001).length === 2,
    );
    expect(view.kinds.filter((kind) => kind === "statistics-report").length).toBeLessThan(20);
  });
});

test("a round of Statistics Reports that waits for its collector goes on, and is not begun anew by the next", async () => {
  const socket = new FakeSocket();
  const { routes, engine, clock } = fixture({ dial: () => socket.asSocket, limits: { dumpSliceBytes: 200 } });
  for (const number of [1, 2, 3]) routes.up(new FakePeer(number));
  engine.setSession(session(1, { statisticsIntervalS: 15 }));
  clock.advance(0);
  socket.emit("connect");
  const deliverUntil = async (kind: string) => {
    while (!socket.view.kinds.includes(kind)) {
      await nextTurn();
      socket.deliver();
    }
  };
  await deliverUntil("peer-up");
  clock.advance(15_000);
  await deliverUntil("statistics-report");
  clock.advance(15_000);
  for (let turn = 0; turn < 10; turn++) {
    await nextTurn();
    socket.deliver();
  }
  const reported = socket.view.messages.flatMap((message) =>
    message.kind === "statistics-report" ? [message.peer.as] : [],
  );
  expect(reported).toEqual([65001, 65002, 65003]);
});

test("a collector that takes everything at once leaves the others their turns", async () => {
  const socket = new FakeSocket();
  socket.write = (bytes, done) => {
    socket.view.push(Uint8Array.from(bytes));
    socket.writableNeedDrain = true;
    process.nextTick(() => {
      done();
      socket.writableNeedDrain = false;
      socket.emit("drain");
    });
    return false;
  };
  const { routes, engine, clock } = fixture({
    dial: () => socket.asSocket,
    limits: { dumpSliceBytes: 200, turnBytes: 400, turnsPerRound: 1 },
  });
  const peer = routes.up(new FakePeer(1));
  for (let prefix = 0; prefix < 100; prefix++) peer.table.set(prefix, 1);
  engine.setSession(session(1));
  clock.advance(0);
  socket.emit("connect");
  const seen: number[] = [];
  while (socket.view.messages.length < 102) {
    await nextTurn();
    seen.push(socket.view.messages.length);
  }
  expect(Math.max(...seen.map((count, index) => count - (seen[index - 1] ?? 1)))).toBeLessThanOrEqual(4);
});

describe("Termination (RFC 7854 4.5)", () => {
  test.each([
    ["session removed", 4, (f: EngineFixture) => f.engine.removeSession(session(0))],
    ["session disabled", 0, (f: EngineFixture, port: number) => f.engine.setSession(session(port, { enabled: false }))],
    ["BMP disabled", 4, (f: EngineFixture) => f.engine.configure(undefined)],
    ["server shutting down", 0, (f: EngineFixture) => void f.engine.stop()],
  ])("says why: %s, reason %i", async (text, reason, act) => {
    const server = await collector();
    const made = fixture();
    made.start(session(server.port));
    const connection = await server.connection();
    await connection.untilCount(1);
    act(made, server.port);
    const { messages } = await connection.closed();
    expect(messages).toEqual([initiation, { kind: "termination", reason, strings: [text] }]);
    expect(server.connections).toHaveLength(1);
    await made.engine.stop();
    expect(made.clock.timers).toBe(0);
  });

  test("waits for a collector that does not read no longer than the linger time", async () => {
    const server = await collector();
    const made = fixture();
    const { engine, clock } = made;
    const peers = [1, 2, 3, 4].map((number) => made.routes.up(new FakePeer(number)));
    for (const { table } of peers) for (let prefix = 0; prefix < 60_000; prefix++) table.set(prefix, 1);
    made.start(session(server.port));
    const connection = await server.connection();
    connection.socket.pause();
    await made.until(({ queuedOctets }) => queuedOctets > 0);
    let isStopped = false;
    const stopped = engine.stop().then(() => {
      isStopped = true;
    });
    clock.advance(1999);
    await nextTurn();
    expect(isStopped).toBe(false);
    clock.advance(1);
    await stopped;
    expect([...engine.sessionStates()]).toEqual([]);
    expect(clock.timers).toBe(0);
    expect(peers.map(({ openDumps }) => openDumps)).toEqual([0, 0, 0, 0]);
  });
});

test("a collector that is told Termination and does not read keeps nothing of what happens then", async () => {
  const socket = new FakeSocket();
  socket.isStalled = true;
  const made = fixture({ dial: () => socket.asSocket });
  const peer = made.routes.up(new FakePeer(1));
  made.start(session(1));
  socket.emit("connect");
  await nextTurn();
  made.engine.setSession(session(1, { enabled: false }));
  const { queuedOctets } = made.state();
  made.routes.announce(peer, 1, 1);
  expect(made.state().queuedOctets).toBe(queuedOctets);
});

describe("Initiation (RFC 7854 4.3)", () => {
  test("is sent again with a changed name, description or text", async () => {
    const server = await collector();
    const { engine, clock } = fixture();
    engine.setSession(session(server.port));
    clock.advance(0);
    const connection = await server.connection();
    await connection.untilCount(1);
    engine.configure({ ...BMP, systemName: "r1", systemDescription: "édge" });
    engine.configure({ ...BMP, systemName: "r1", systemDescription: "édge", statisticsIntervalS: 15 });
    engine.configure(BMP);
    engine.configure({ ...BMP, initiationMessage: "call +1 555 0100" });
    expect((await connection.untilCount(4)).messages).toEqual([
      initiation,
      { ...initiation, sysName: "r1", sysDescr: "édge" },
      initiation,
      { ...initiation, strings: ["call +1 555 0100"] },
    ]);
  });
});
