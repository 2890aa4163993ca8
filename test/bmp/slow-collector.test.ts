import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { session } from "./engine-fixture.ts";
import { FakePeer } from "./fake-routes.ts";
import { FakeSocket } from "./fake-socket.ts";
import { testResources } from "./test-resources.ts";

const { collector, fixture } = testResources();

const PREFIXES = 50_000;
const LIMIT = 1 << 20;

describe("a collector that stops reading", () => {
  test("is cut off beyond its queue limit and resynchronised; another one is unhurt", async () => {
    const [slow, quick] = [await collector(), await collector()];
    const made = fixture();
    const { routes, clock } = made;
    const peer = routes.up(new FakePeer(1));
    made.start(session(slow.port, { alias: "slow", queueLimitBytes: LIMIT }));
    const stalled = await slow.connection();
    await stalled.untilCount(2);
    made.start(session(quick.port, { alias: "quick", queueLimitBytes: LIMIT }));
    const healthy = await quick.connection();
    await healthy.untilCount(2);

    stalled.socket.pause();
    let most = 0;
    let announced = 0;
    // The kernel takes a few MiB before the engine notices.
    while (made.state("slow").operState === "up") {
      for (let count = 0; count < 500; count++) {
        routes.announce(peer, announced % PREFIXES, announced);
        announced += 1;
      }
      most = Math.max(most, made.state("slow").queuedOctets);
      await nextTurn();
    }
    expect(most).toBeLessThanOrEqual(LIMIT + 500 * 100);
    expect(made.state("slow")).toMatchObject({
      operState: "closing",
      resynchronisations: 1,
      nextConnectS: 30,
      downReason: "overflow",
      lastError: `the collector fell behind by more than ${LIMIT} bytes`,
    });
    // What the socket has cannot be taken back, so Termination can follow it, but not for long.
    clock.advance(2_000);
    await made.until(({ queuedOctets }) => queuedOctets === 0, "slow");

    routes.announce(peer, 60_000, 1);
    const view = await healthy.until(({ tables }) => tables.get("192.0.2.1")?.has(60_000) === true);
    expect(view.messages).toHaveLength(announced + 3);
    expect(view.tables.get("192.0.2.1")).toEqual(peer.table);
    expect(made.state("quick")).toMatchObject({ operState: "up", resynchronisations: 0, queuedOctets: 0 });

    clock.advance(28_000);
    const again = await slow.connection();
    const resynchronised = await again.until(({ tables }) => tables.get("192.0.2.1")?.has(60_000) === true);
    expect(resynchronised.tables.get("192.0.2.1")).toEqual(peer.table);
    await made.until(({ operState }) => operState === "up", "slow");
  });

  test("and reads on in time is told that its queue was full: Termination, reason 2 (RFC 7854 4.5)", async () => {
    const server = await collector();
    const made = fixture();
    const peer = made.routes.up(new FakePeer(1));
    made.start(session(server.port, { queueLimitBytes: LIMIT }));
    const connection = await server.connection();
    await connection.untilCount(2);
    connection.socket.pause();
    for (let announced = 0; made.state().operState === "up"; announced++) {
      made.routes.announce(peer, announced % PREFIXES, announced);
      if (announced % 500 === 0) await nextTurn();
    }
    connection.socket.resume();
    const { messages } = await connection.closed();
    expect(messages.at(-1)).toEqual({
      kind: "termination",
      reason: 2,
      strings: [`the collector fell behind by more than ${LIMIT} bytes`],
    });
    expect(made.state()).toMatchObject({ resynchronisations: 1, sentMessages: { termination: 1 } });
    made.clock.advance(30_000);
    const view = await (await server.connection()).until(
      ({ tables }) => tables.get("192.0.2.1")?.size === peer.table.size,
    );
    expect(view.tables.get("192.0.2.1")).toEqual(peer.table);
  });

  test("while its tables are sent holds one slice of them in memory, and is closed after the stuck timeout", async () => {
    const server = await collector();
    const made = fixture();
    const peers = [1, 2, 3, 4].map((number) => made.routes.up(new FakePeer(number)));
    for (const { table } of peers) for (let prefix = 0; prefix < 60_000; prefix++) table.set(prefix, 1);
    made.start(session(server.port));
    const connection = await server.connection();
    connection.socket.pause();
    await made.until(({ queuedOctets }) => queuedOctets > 0);
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    const { queuedOctets, operState, dump } = made.state();
    expect(operState).toBe("dumping");
    expect(dump?.octets).toBeGreaterThan(64 * 1024);
    expect(dump).not.toHaveProperty("expectedOctets");
    expect(queuedOctets).toBeLessThanOrEqual(2 * 64 * 1024);
    made.clock.advance(9_999);
    expect(made.state().operState).toBe("dumping");
    made.clock.advance(1);
    expect(made.state()).toMatchObject({ operState: "stuck", lastChange: made.clock.now() });
    made.clock.advance(289_999);
    expect(made.state().operState).toBe("stuck");
    made.clock.advance(1);
    expect(await made.until((state) => state.operState === "waiting")).toMatchObject({
      downReason: "stuck",
      lastError: "the collector takes nothing",
      resynchronisations: 0,
    });
  });

  test("and reads on gets all of it", async () => {
    const server = await collector();
    const made = fixture();
    const peers = [1, 2, 3, 4].map((number) => made.routes.up(new FakePeer(number)));
    for (const { table } of peers) for (let prefix = 0; prefix < 60_000; prefix++) table.set(prefix, 1);
    made.start(session(server.port));
    const connection = await server.connection();
    connection.socket.pause();
    await made.until(({ queuedOctets }) => queuedOctets > 0);
    connection.socket.resume();
    const view = await connection.untilCount(5 + 4 * 60_000);
    expect(view.tables.get("192.0.2.4")?.size).toBe(60_000);
    expect(await made.until(({ operState }) => operState === "up")).not.toHaveProperty("dump");
    const { bytesRead } = connection.socket;
    made.clock.advance(300_000);
    made.routes.up(new FakePeer(5));
    await connection.untilCount(6 + 4 * 60_000);
    expect(await made.until(({ sentOctets }) => sentOctets === connection.socket.bytesRead)).toMatchObject({
      operState: "up",
      sentMessages: { initiation: 1, peerUp: 5, routeMonitoring: 240_000 },
      sentOctets: connection.socket.bytesRead,
    });

    // The next time it is known how much that is.
    made.engine.resetSession({ vpnInstance: "_public_", address: "127.0.0.1", alias: "" }, "reset");
    made.clock.advance(0);
    const { dump } = await made.until((state) => state.operState === "dumping" && (state.dump?.octets ?? 0) > 0);
    const { length } = encodeInitiation({
      kind: "initiation",
      sysDescr: "bmpconfd test",
      sysName: "router.example",
      strings: [],
    });
    expect(dump?.expectedOctets).toBe(bytesRead - length);
    expect(dump?.octets).toBeLessThan(bytesRead);
  });
});

test("a queue limit below what waits already takes effect at once", async () => {
  const server = await collector();
  const made = fixture();
  const peers = [1, 2, 3, 4].map((number) => made.routes.up(new FakePeer(number)));
  for (const { table } of peers) for (let prefix = 0; prefix < 60_000; prefix++) table.set(prefix, 1);
  made.start(session(server.port));
  (await server.connection()).socket.pause();
  await made.until(({ queuedOctets }) => queuedOctets > 0);
  const peer = peers[0];
  if (peer === undefined) throw new Error("no peer");
  for (let prefix = 0; prefix < 2000; prefix++) made.routes.announce(peer, prefix, 2);
  await nextTurn();
  expect(made.state().operState).toBe("dumping");
  made.engine.setSession(session(server.port, { queueLimitBytes: 65536 }));
  expect((await made.until(({ operState }) => operState === "closing")).resynchronisations).toBe(1);
});

test.each([1, 256 * 1024])(
  "a healthy collector with the least queue limit survives a burst (turns of %i bytes)",
  async (turnBytes) => {
    const server = await collector();
    const made = fixture({ limits: { turnBytes } });
    const peer = made.routes.up(new FakePeer(1));
    made.start(session(server.port, { queueLimitBytes: 65536 }));
    const connection = await server.connection();
    await connection.untilCount(2);
    for (let prefix = 0; prefix < 5000; prefix++) made.routes.announce(peer, prefix, 1);
    await connection.untilCount(5002);
    expect(made.state()).toMatchObject({ operState: "up", resynchronisations: 0 });
  },
);

test("Initiations that change count as what waits: whoever takes none is cut off", async () => {
  const socket = new FakeSocket();
  const made = fixture({ dial: () => socket.asSocket });
  made.start(session(1, { queueLimitBytes: 65536 }));
  socket.emit("connect");
  for (let turn = 0; turn < 5; turn++) {
    await nextTurn();
    socket.deliver();
  }
  expect(made.state().operState).toBe("up");
  socket.isStalled = true;
  let most = 0;
  for (let sent = 0; sent < 2000 && made.state().operState === "up"; sent++) {
    made.engine.initiationChanged();
    most = Math.max(most, made.state().queuedOctets);
  }
  expect(made.state()).toMatchObject({ operState: "closing", downReason: "overflow" });
  expect(most).toBeLessThan(65536 + 1024);
});
